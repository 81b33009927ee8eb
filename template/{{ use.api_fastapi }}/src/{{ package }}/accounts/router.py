"""`/api/v1/auth` and `/api/v1/users/me`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.security import OAuth2PasswordRequestFormStrict
from starlette.requests import Request

from ..api.dependencies import ContainerDependency, problems, user_with
from ..api.protection import time_limit
from ..api.rate_limit import client_address
from .changes import PasswordChange
from .devices import COOKIE, LIFETIME
from .principal import Principal
from .schemas import RefreshRequest, TokenPair, UserRead

router = APIRouter(prefix="/api/v1", responses=problems(400, 422, 429, 500, 503, 504))

Caller = Annotated[Principal, user_with()]
# Longer than any hash takes, short enough to free a worker under attack.
_SIGN_IN_SECONDS = 10


@router.post(
    "/auth/token",
    tags=["auth"],
    summary="Sign in",
    responses=problems(401, 413),
    dependencies=[time_limit(_SIGN_IN_SECONDS)],
)
async def sign_in(
    form: Annotated[OAuth2PasswordRequestFormStrict, Depends()],
    request: Request,
    response: Response,
    container: ContainerDependency,
) -> TokenPair:
    """Exchange a user name and password for tokens (RFC 6749 §4.3).

    Too many attempts for one name or from one address are refused for a while, with the
    right password too. A device that has signed in before has a cookie that says so,
    and is spared what others do.
    """
    response.headers["Cache-Control"] = "no-store"
    tokens, device = await container.accounts.sign_in(
        form.username,
        form.password,
        address=client_address(request.scope),
        device=request.cookies.get(COOKIE),
        scopes=form.scopes,
    )
    response.set_cookie(
        COOKIE,
        device,
        max_age=int(LIFETIME.total_seconds()),
        path=request.url.path,
        httponly=True,
        samesite="strict",
        secure=container.settings.deployed,
    )
    return tokens


@router.post(
    "/auth/refresh",
    tags=["auth"],
    summary="Get the next tokens",
    responses=problems(401, 413),
)
async def refresh(
    body: RefreshRequest, response: Response, container: ContainerDependency
) -> TokenPair:
    """Exchange a refresh token for the next pair; each works once.

    One that is used a second time ends the session, for somebody has copied it.
    """
    response.headers["Cache-Control"] = "no-store"
    return await container.accounts.refresh(body.refresh_token)


@router.post(
    "/auth/revoke",
    tags=["auth"],
    summary="Revoke a refresh token",
    status_code=204,
    responses=problems(413),
)
async def revoke(body: RefreshRequest, container: ContainerDependency) -> None:
    """End the session of a refresh token; an unknown token is no error (RFC 7009)."""
    await container.accounts.revoke(body.refresh_token)


@router.post(
    "/auth/logout",
    tags=["auth"],
    summary="Sign out",
    status_code=204,
    responses=problems(401, 403),
)
async def sign_out(caller: Caller, container: ContainerDependency) -> None:
    """End the session that the token comes from."""
    await container.accounts.sign_out(caller)


@router.post(
    "/auth/password",
    tags=["auth"],
    summary="Change one's password",
    status_code=204,
    responses=problems(401, 403, 413),
    dependencies=[time_limit(_SIGN_IN_SECONDS)],
)
async def change_password(
    body: PasswordChange,
    request: Request,
    caller: Caller,
    container: ContainerDependency,
) -> None:
    """Replace the caller's own password; the present one has to be given.

    The caller's other sessions end, this one goes on. Attempts are counted like those
    to sign in.
    """
    await container.accounts.change_password(
        caller,
        body.current_password.get_secret_value(),
        body.new_password.get_secret_value(),
        address=client_address(request.scope),
    )


@router.get(
    "/users/me",
    tags=["users"],
    summary="Who am I",
    responses=problems(401, 403),
)
async def read_me(caller: Caller, container: ContainerDependency) -> UserRead:
    """Show the user that the token speaks for."""
    return UserRead.model_validate(await container.accounts.user(caller.id))
