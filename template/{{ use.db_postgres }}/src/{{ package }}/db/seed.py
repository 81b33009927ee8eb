"""Example rows for development, so that the first page is not empty."""

from typing import Final

from ..documents.schemas import DocumentCreate
from ..documents.service import DocumentService
from .config import DatabaseSettings
from .database import open_database

_EXAMPLES: Final = (
    ("https://www.rfc-editor.org/rfc/rfc9457", "Problem Details for HTTP APIs"),
    ("https://www.rfc-editor.org/rfc/rfc9562", "Universally Unique IDentifiers"),
    ("https://www.w3.org/TR/trace-context/", "Trace Context"),
)


async def seed(settings: DatabaseSettings) -> int:
    """Add the example documents unless there are documents already.

    Returns:
        How many were added.
    """
    documents = DocumentService()
    async with (
        open_database(settings, service="seed") as database,
        database.unit_of_work() as uow,
    ):
        if (await documents.page(uow, limit=1)).items:
            return 0
        for source, title in _EXAMPLES:
            text = f"{title} is described at {source}."
            await documents.create(
                uow, DocumentCreate(source=source, title=title, text=text)
            )
    return len(_EXAMPLES)
