"""What the accounts hold about a person who signs in."""

from typing import Final

from sqlalchemy import or_, select

from ..accounts.api_keys.models import ApiKey
from ..accounts.events import AccountEvent
from ..accounts.models import RefreshToken, User, UserSession
from ..api.models import IdempotencyKey
from ..documents.router import router as documents_router
from .holders import Rows
from .own import table_of
from .rules import RetentionRule

TOKENS: Final = Rows(
    "refresh_tokens",
    table_of(RefreshToken),
    lambda subject: RefreshToken.session_id.in_(
        select(UserSession.id).where(UserSession.user_id.in_(subject.accounts))
    ),
)
SESSIONS: Final = Rows(
    "sessions",
    table_of(UserSession),
    lambda subject: UserSession.user_id.in_(subject.accounts),
)
API_KEYS: Final = Rows(
    "api_keys",
    table_of(ApiKey),
    lambda subject: ApiKey.owner_id.in_(subject.accounts),
)
# An answer repeats the document that it tells of, whoever had sent it.
ANSWERS: Final = Rows(
    "repeated_answers",
    table_of(IdempotencyKey),
    lambda subject: or_(
        IdempotencyKey.user_id.in_(subject.accounts),
        IdempotencyKey.headers["location"].astext.in_(
            [f"{documents_router.prefix}/{one}" for one in subject.documents]
        ),
    ),
)
# The trail of accounts keeps what happened and when; from where is personal.
EVENTS: Final = Rows(
    "account_events",
    table_of(AccountEvent),
    lambda subject: AccountEvent.user_id.in_(subject.accounts),
    blank={"address": None},
)
ACCOUNT: Final = Rows(
    "account", table_of(User), lambda subject: User.id.in_(subject.accounts)
)

ADDRESSES: Final = RetentionRule(
    "account_addresses",
    "network addresses in the trail of accounts",
    180,
    table_of(AccountEvent),
    table_of(AccountEvent).c.at,
    blank=("address",),
)
ENDED_SESSIONS: Final = RetentionRule(
    "sessions",
    "sessions that have expired",
    30,
    table_of(UserSession),
    table_of(UserSession).c.expires_at,
)
