"""Random requests made from the API's own description break nothing (S4 Input)."""

import subprocess
import sys
from uuid import uuid4

from tests.fixtures.server import Service

_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


def test_answers_are_as_described(service: Service) -> None:
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
        command, capture_output=True, check=False, text=True, timeout=120
    )
    # Some lines are requests of many thousand characters.
    report = [line[:300] for line in (done.stdout + done.stderr).splitlines()]
    assert done.returncode == 0, "\n".join(report[-150:])
