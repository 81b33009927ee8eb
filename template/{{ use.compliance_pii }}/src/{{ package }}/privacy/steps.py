"""The step of the start that keeps erased people erased."""

from typing import Protocol

from ..core.settings import Settings
from ..db.database import Database
from .erasure import Eraser


class _Parts(Protocol):
    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...


async def reapply_erasures(parts: _Parts) -> None:
    """Erase again what a restored backup has brought back.

    Raises:
        LedgerKeyError: There is something to do and no key for it.
    """
    await Eraser(parts.settings, parts.database).reapply()
