"""What goes into and comes out of the documents (S1 §6.1)."""

from .requests import DocumentCreate, DocumentPatch
from .responses import DocumentRead, DocumentSummary

__all__ = [
    "DocumentCreate",
    "DocumentPatch",
    "DocumentRead",
    "DocumentSummary",
]
