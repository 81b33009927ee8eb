"""What every part of the grid is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.]*$", strict=True)]


class Frozen(BaseModel):
    """An immutable part of the grid that accepts no key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
