"""The running service from outside: a caller's whole way, and random requests."""

import json
import re
import subprocess
import sys
from uuid import uuid4

import httpx

from tests.fixtures.patience import patient
from tests.fixtures.server import Service

URL = "/api/v1/documents"
_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


def test_sign_in_create_list_delete(service: Service) -> None:
    """A caller's whole way."""
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


def test_answers_are_as_described(service: Service) -> None:
    """Random requests made from the API's own description break nothing."""
    token = service.bearer(f"user-{uuid4().hex[:8]}")["Authorization"]
    command = [
        f"{sys.prefix}/bin/schemathesis",
        "--config-file=/dev/null",
        "run",
        f"{service.base_url}/openapi.json",
        f"--checks={','.join(_CHECKS)}",
        # Signing out would end the token that all other calls need.
        "--exclude-path=/api/v1/auth/logout",
        f"--header=Authorization: {token}",
        "--max-examples=10",
        "--mode=all",
        "--no-color",
        "--phases=examples,fuzzing",
        "--request-timeout=10",
        "--suppress-health-check=all",
    ]
    done = subprocess.run(  # noqa: S603 - our own tool and arguments
        command, capture_output=True, check=False, text=True, timeout=patient(120)
    )
    # Some lines are requests of many thousand characters.
    report = [line[:300] for line in (done.stdout + done.stderr).splitlines()]
    assert done.returncode == 0, "\n".join(report[-150:])
