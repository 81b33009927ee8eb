"""What routes ask for: the container and the caller."""

from typing import Annotated, Any, Final

from fastapi import Depends, Security
from fastapi.openapi.models import (
    APIKey,
    APIKeyIn,
    OAuth2,
    OAuthFlowPassword,
    OAuthFlows,
)
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.requests import Request

from ..accounts.principal import SCOPES, Principal
from ..bootstrap import Container
from ..core.context import set_actor
from ..core.errors import AuthenticationError, AuthorizationError

API_KEY_HEADER: Final = "X-API-Key"


async def get_container(request: Request) -> Container:
    """Return what was opened at the start of this process."""
    container: Container = request.app.state.container
    return container


ContainerDependency = Annotated[Container, Depends(get_container)]


class BearerToken(SecurityBase):
    """Turns the token of a request into its caller.

    One dependency instead of a chain: FastAPI spends more on each link than all of our
    code in it.

    Attributes:
        model: What OpenAPI says about it.
        scheme_name: Its name there.
    """

    def __init__(self) -> None:
        """Describe the password flow of this service."""
        self.scheme_name = "bearer"
        self.model = OAuth2(
            flows=OAuthFlows(
                password=OAuthFlowPassword(
                    tokenUrl="/api/v1/auth/token",
                    refreshUrl="/api/v1/auth/refresh",
                    scopes={str(scope): text for scope, text in SCOPES.items()},
                )
            )
        )

    async def __call__(self, request: Request, needed: SecurityScopes) -> Principal:
        """Return the verified user.

        Raises:
            AuthenticationError: There is no valid token.
            AuthorizationError: The user lacks a scope.
        """
        authorization = request.headers.get("authorization", "")
        return _admitted(request, await _by_token(request, authorization), needed)


class TokenOrKey(SecurityBase):
    """Turns the token or the API key of a request into its caller.

    The token counts where both are sent.

    Attributes:
        model: What OpenAPI says about the key.
        scheme_name: Its name there; the description adds the token.
    """

    def __init__(self) -> None:
        """Describe the header of services."""
        self.scheme_name = "api_key"
        self.model = APIKey.model_validate(
            {
                "in": APIKeyIn.header,
                "name": API_KEY_HEADER,
                "description": "Of a service; made on the command line",
            }
        )

    async def __call__(self, request: Request, needed: SecurityScopes) -> Principal:
        """Return the verified user or service.

        Raises:
            AuthenticationError: There is no valid token or key.
            AuthorizationError: The caller lacks a scope.
        """
        authorization = request.headers.get("authorization", "")
        key = None if authorization else request.headers.get(API_KEY_HEADER)
        if key is None:
            principal = await _by_token(request, authorization)
        else:
            container: Container = request.app.state.container
            principal = await container.api_keys.authenticate(key)
        return _admitted(request, principal, needed)


USER: Final = BearerToken()
CALLER: Final = TokenOrKey()


def caller_with(*scopes: str) -> Any:  # noqa: ANN401 - what FastAPI's Security returns
    """Ask for a caller, user or service, who has these scopes.

    Args:
        scopes: `caller: Annotated[Principal, caller_with(Scope.ADMIN)]`.
    """
    return Security(CALLER, scopes=[str(scope) for scope in scopes])


def user_with(*scopes: str) -> Any:  # noqa: ANN401 - what FastAPI's Security returns
    """Ask for a user who has these scopes; services are refused.

    Args:
        scopes: As for `caller_with`.
    """
    return Security(USER, scopes=[str(scope) for scope in scopes])


async def _by_token(request: Request, authorization: str) -> Principal:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise AuthenticationError
    container: Container = request.app.state.container
    return await container.accounts.authenticate(token)


def _admitted(
    request: Request, principal: Principal, needed: SecurityScopes
) -> Principal:
    """Name the caller for the rest of the request, if the scopes suffice."""
    set_actor(str(principal.id))
    request.scope["principal"] = principal
    missing = [scope for scope in needed.scopes if not principal.may(scope)]
    if missing:
        message = f"This needs the scope {' '.join(missing)}."
        raise AuthorizationError(message)
    return principal


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document which errors a route answers with.

    Args:
        statuses: HTTP statuses; `responses=problems(404, 409)`.
    """
    return {status: {"description": _DESCRIPTIONS[status]} for status in statuses}


_DESCRIPTIONS = {
    400: "Malformed, or against a rule",
    401: "No valid token or key",
    403: "A scope is missing",
    404: "No such thing, or not for this caller",
    409: "Conflict with the present state",
    412: "The resource has changed",
    413: "The body is too large",
    422: "The request breaks its schema",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "Temporarily unavailable",
    504: "The request took too long",
}
PROTECTED = (400, 401, 403, 422, 429, 500, 503, 504)
