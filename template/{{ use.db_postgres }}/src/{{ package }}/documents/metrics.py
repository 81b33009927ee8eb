"""How many documents changed, for whoever watches what the service is used for."""

from typing import Final, get_args

from prometheus_client import Counter
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ..core.metrics import REGISTRY
from .observers import ChangeKind, DocumentChange

CHANGED: Final = Counter(
    "documents_changed_total",
    "Documents that were created, updated or deleted",
    ["action"],
    registry=REGISTRY,
)
_PENDING: Final = "documents_changed"

for _action in get_args(ChangeKind.__value__):
    CHANGED.labels(_action)  # shown as 0 before the first: a rate needs both ends


class DocumentCounter:
    """Counts a change once its transaction is committed."""

    async def document_changed(
        self, session: AsyncSession, change: DocumentChange
    ) -> None:
        """Remember the change; what is rolled back is never counted."""
        pending: list[ChangeKind] | None = session.info.get(_PENDING)
        if pending is None:
            pending = session.info[_PENDING] = []
            event.listen(session.sync_session, "after_commit", _count)
        pending.append(change.kind)


def _count(session: Session) -> None:
    if session.in_nested_transaction():
        return  # the outer transaction may still be rolled back
    for action in session.info.get(_PENDING, ()):
        CHANGED.labels(action).inc()
    session.info[_PENDING] = []
