"""What goes into and comes out of the documents."""

from .requests import DocumentCreate, DocumentPatch
from .responses import DocumentRead, DocumentSummary

__all__ = [
    "DocumentCreate",
    "DocumentPatch",
    "DocumentRead",
    "DocumentSummary",
]
