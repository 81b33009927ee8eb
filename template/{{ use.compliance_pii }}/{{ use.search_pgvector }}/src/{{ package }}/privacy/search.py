"""What the search index holds about a person."""

from typing import Final

from ..search.models import DocumentIndex
from .holders import Rows
from .own import table_of

INDEX: Final = Rows(
    "search_index",
    table_of(DocumentIndex),
    lambda subject: DocumentIndex.document_id.in_(subject.documents),
)
