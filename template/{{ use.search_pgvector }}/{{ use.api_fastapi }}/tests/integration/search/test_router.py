"""Searching over HTTP."""

from typing import Any

import pytest

from tests.fixtures.api import Api

URL = "/api/v1/search"
WRITER = ("documents:read", "documents:write")


async def _add(api: Api, who: dict[str, str], title: str, text: str) -> None:
    new = {"source": "https://example.com", "title": title, "text": text}
    added = await api.client.post("/api/v1/documents", json=new, headers=who)
    assert added.status_code == 201


async def _titles(api: Api, who: dict[str, str], **query: Any) -> list[str]:
    answer = await api.client.get(URL, params=query, headers=who)
    assert answer.status_code == 200, answer.text
    return [hit["title"] for hit in answer.json()["data"]]


async def test_hits_come_with_their_snippets(api: Api) -> None:
    who = await api.bearer("ada", *WRITER)
    await _add(api, who, "Harbour", "Ships & boats unload here.")
    await _add(api, who, "Garden", "Tulips flower in April.")
    answer = await api.client.get(URL, params={"q": "ships"}, headers=who)
    (hit,) = answer.json()["data"]
    assert hit["title"] == "Harbour"
    assert "<mark>Ships</mark>" in hit["snippet"]
    assert "&amp;" in hit["snippet"]


async def test_pages_lead_on_by_their_links(api: Api) -> None:
    who = await api.bearer("ada", *WRITER)
    for number in range(5):
        await _add(api, who, f"Report {number}", "annual figures " * (number + 1))
    path: str | None = f"{URL}?q=annual+figures&limit=2"
    titles: list[str] = []
    while path:
        page = (await api.client.get(path, headers=who)).json()
        titles += [hit["title"] for hit in page["data"]]
        path = page["links"]["next"]
    assert sorted(titles) == [f"Report {number}" for number in range(5)]


async def test_nobody_finds_the_documents_of_others(api: Api) -> None:
    ada, eve = await api.bearer("ada", *WRITER), await api.bearer("eve", *WRITER)
    await _add(api, ada, "Harbour", "Ships unload here.")
    assert await _titles(api, ada, q="ships") == ["Harbour"]
    assert await _titles(api, eve, q="ships") == []
    assert await _titles(api, await api.bearer("root", "admin"), q="ships") == [
        "Harbour"
    ]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("q=", 422),
        ("q=%20", 400),
        ("q=ships&limit=101", 422),
        ("q=ships&cursor=nonsense", 400),
        ("q=ships&status=lost", 422),
    ],
)
async def test_wrong_questions_are_refused(api: Api, query: str, status: int) -> None:
    answer = await api.client.get(f"{URL}?{query}", headers=await api.bearer())
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_only_readers_may_search(api: Api) -> None:
    assert (await api.client.get(f"{URL}?q=ships")).status_code == 401
    who = await api.bearer("ada", "documents:write")
    assert (await api.client.get(f"{URL}?q=ships", headers=who)).status_code == 403
