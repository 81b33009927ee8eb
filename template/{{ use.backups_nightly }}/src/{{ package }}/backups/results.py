"""What the tasks of the backups report."""

from pydantic import BaseModel


class BackupResult(BaseModel):
    """What a run made."""

    backup: str | None


class PruneResult(BaseModel):
    """How many backups and remains were removed or moved."""

    removed: int
    frozen: int
    swept: int


class OffsiteResult(BaseModel):
    """Whether anything was copied."""

    copied: bool
