"""What every table has in common."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import DateTime, MetaData, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ..core.clock import utc_now
from ..core.context import current
from ..core.ids import new_id

_NAMES: Final = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def append_only(*forgets: str) -> dict[str, Any]:
    """Mark a table, as its `info`: the service only adds to it.

    The service's role may then neither change nor remove its rows.

    Args:
        forgets: Columns that it may still overwrite.

    Returns:
        The table's `info`.
    """
    return {"append_only": True, "forgets": forgets}


class Base(DeclarativeBase):
    """Base of all tables: constraints have predictable names, times know their zone."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 - declared so
        datetime: DateTime(timezone=True),
        str: Text(),
        UUID: Uuid(),
    }


def _actor() -> str | None:
    return current().actor


class Audited:
    """Adds the key and who made and changed a row, and when.

    Attributes:
        id: UUIDv7, so that rows sort by the time they were made.
        created_at: When it was made, UTC.
        created_by: Who made it; nothing means the system itself.
        updated_at: When it was last changed, UTC.
        updated_by: Who changed it last.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    created_by: Mapped[str | None] = mapped_column(default=_actor)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
    updated_by: Mapped[str | None] = mapped_column(default=_actor, onupdate=_actor)


class SoftDeleted:
    """Adds the mark that a row is gone for its readers.

    Attributes:
        deleted_at: When it was deleted, UTC; nothing while it lives.
    """

    deleted_at: Mapped[datetime | None] = mapped_column(default=None)
