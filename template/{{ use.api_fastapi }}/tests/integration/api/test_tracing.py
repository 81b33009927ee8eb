"""One trace from the caller to the database."""

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.fixtures.api import OpenApi

URL = "/api/v1/documents"
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def test_request_and_statements_share_a_trace(
    sent_spans: InMemorySpanExporter, open_api: OpenApi
) -> None:
    api = await open_api()
    headers = await api.bearer() | {"traceparent": PARENT}
    sent_spans.clear()
    new = {"source": "s", "title": "secret title", "text": ""}
    answer = await api.client.post(URL, json=new, headers=headers)
    *parts, request = sent_spans.get_finished_spans()
    assert request.name == f"POST {URL}"
    assert (request.attributes or {})["http.response.status_code"] == 201
    assert request.context
    _, trace_id, span_id, _ = answer.headers["traceparent"].split("-")
    assert f"{request.context.span_id:016x}" == span_id
    assert {f"{part.context.trace_id:032x}" for part in parts if part.context} == {
        trace_id
    }
    assert {"select", "insert"} <= {part.name for part in parts}
    assert {part.parent.span_id for part in parts if part.parent} == {
        request.context.span_id
    }
    assert not [part for part in parts if "secret title" in part.to_json()]


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/documents/7?q=ada"])
async def test_span_is_named_by_the_route_not_the_path(
    sent_spans: InMemorySpanExporter, open_api: OpenApi, path: str
) -> None:
    api = await open_api()
    await api.client.get(path)
    request = sent_spans.get_finished_spans()[-1]
    assert request.name == "GET unmatched" or request.name.endswith("_id}")


async def test_failed_statement_is_marked(
    sent_spans: InMemorySpanExporter, open_api: OpenApi
) -> None:
    api = await open_api(database_lock_timeout_seconds=0.05)
    who = await api.bearer()
    async with api.container.database.engine.connect() as other:
        await other.exec_driver_sql("LOCK TABLE documents")
        sent_spans.clear()
        answer = await api.client.get(URL, headers=who)
        await other.rollback()
    *parts, request = sent_spans.get_finished_spans()
    assert (request.attributes or {})["http.response.status_code"] == answer.status_code
    assert [part.name for part in parts if not part.status.is_unset] == ["select"]
