"""A caller's whole way through the running service (S4 Testing)."""

import json
import re
from uuid import uuid4

import httpx

from tests.fixtures.server import Service

URL = "/api/v1/documents"


def test_sign_in_create_list_delete(service: Service) -> None:
    name = f"user-{uuid4().hex[:8]}"
    with httpx.Client(
        base_url=service.base_url, headers=service.bearer(name)
    ) as client:
        new = {"source": "e2e", "title": "From outside", "text": "Text"}
        key = {"Idempotency-Key": str(uuid4())}
        first = client.post(URL, json=new, headers=key)
        again = client.post(URL, json=new, headers=key)
        assert first.status_code == again.status_code == 201
        assert first.content == again.content
        listed = client.get(URL).json()["data"]
        assert [row["title"] for row in listed] == ["From outside"]
        assert client.delete(first.headers["location"]).status_code == 204
        assert client.get(URL).json()["data"] == []
        assert client.get("/api/v1/users/me").json()["name"] == name


def test_service_with_a_key_creates_and_reads(service: Service) -> None:
    owner = f"user-{uuid4().hex[:8]}"
    service.bearer(owner)
    name = f"service-{uuid4().hex[:8]}"
    scopes = ("--scope", "documents:read", "--scope", "documents:write")
    key = service.command("api-keys", "create", name, "--owner", owner, *scopes)
    with httpx.Client(
        base_url=service.base_url, headers={"X-API-Key": key.strip()}
    ) as client:
        created = client.post(URL, json={"source": "e2e", "title": "K", "text": ""})
        assert created.status_code == 201
        for _ in range(4):  # both workers come to know the key
            assert client.get(created.headers["location"]).status_code == 200
        assert client.get("/api/v1/users/me").status_code == 401
    assert key.strip() not in service.output.read_text()


def test_every_line_of_the_log_is_json(service: Service) -> None:
    httpx.get(f"{service.base_url}/nowhere", headers={"X-Request-ID": "e2e-log"})
    lines = [json.loads(line) for line in service.output.read_text().splitlines()]
    assert any(line["request_id"] == "e2e-log" for line in lines)
    assert {"timestamp", "level", "message", "module"} <= set(lines[0])


def test_metrics_are_those_of_all_workers(service: Service) -> None:
    def answered() -> float:
        text = httpx.get(f"{service.base_url}/metrics").text
        pattern = r'^http_requests_total\{.*route="unmatched".*\} ([0-9.]+)$'
        return sum(float(value) for value in re.findall(pattern, text, re.MULTILINE))

    before = answered()
    for _ in range(20):
        httpx.get(f"{service.base_url}/nowhere")
    assert {answered() - before for _ in range(4)} == {20}
