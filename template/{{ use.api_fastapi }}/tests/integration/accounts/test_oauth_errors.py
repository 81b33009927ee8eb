"""The token endpoint names its errors as OAuth 2.0 does, beside the problem."""

from typing import Any

import pytest

from tests.fixtures.api import PASSWORD, Api, OpenApi

FORM = {"grant_type": "password", "username": "ada", "password": PASSWORD}


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        # pragma: allowlist nextline secret
        (FORM | {"password": "wrong password"}, 401, "invalid_grant"),
        (FORM | {"scope": "admin"}, 400, "invalid_scope"),
        (FORM | {"grant_type": "implicit"}, 422, "unsupported_grant_type"),
        ({"username": "ada", "password": PASSWORD}, 422, "invalid_request"),
        ({"grant_type": "password"}, 422, "invalid_request"),
        (FORM | {"username": "a" * 20_000}, 413, "invalid_request"),
    ],
)
async def test_errors_of_the_token_endpoint(
    api: Api, form: dict[str, Any], status: int, error: str
) -> None:
    await api.user("ada")
    answer = await api.client.post("/api/v1/auth/token", data=form)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["error"] == error


async def test_too_many_attempts(open_api: OpenApi) -> None:
    api = await open_api(sign_ins_per_minute=1)
    await api.sign_in()
    assert (await api.sign_in()).json()["error"] == "temporarily_unavailable"


async def test_other_paths_have_no_such_member(api: Api) -> None:
    assert "error" not in (await api.client.get("/api/v1/users/me")).json()
