"""pgvector's column type for SQLAlchemy."""

from collections.abc import Sequence
from typing import Any
from typing import cast as cast_type

from sqlalchemy import Dialect, Text, cast, type_coerce
from sqlalchemy.dialects.postgresql import base as postgresql
from sqlalchemy.types import UserDefinedType


class Vector(UserDefinedType[Sequence[float]]):
    """A vector of a fixed number of dimensions, sent as text.

    The driver has no codec for the extension's type; the server casts the text.
    """

    cache_ok = True

    def __init__(self, dimensions: int | None = None) -> None:
        """Remember the number of dimensions; nothing when it is read from a table."""
        self.dimensions = dimensions

    def get_col_spec(self, **_: object) -> str:
        """Name the type in DDL and casts."""
        return "vector" if self.dimensions is None else f"vector({self.dimensions})"

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's
        """Write the numbers as pgvector reads them."""
        del dialect

        def to_text(value: Sequence[float] | None) -> str | None:
            if value is None:
                return None
            return "[" + ",".join(format(number, ".7g") for number in value) + "]"

        return to_text

    def bind_expression(self, bindvalue: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's
        """Let the server turn the text into a vector."""
        return cast(type_coerce(cast(bindvalue, Text()), Text()), self)


# Lets migrations compare the column with the schema; the library's table of names is
# typed by its own classes alone.
_NAMES: dict[str, Any] = cast_type("dict[str, Any]", postgresql.ischema_names)
_NAMES["vector"] = Vector
