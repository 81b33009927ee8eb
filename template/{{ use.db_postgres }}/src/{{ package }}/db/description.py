"""Describes the tables for programs, in `m2m/tables.json`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateIndex, CreateTable

from ..core.errors import AppError
from .base import Base
from .branches import Branches
from .history import load_scripts
from .migrate import migration_config
from .models import METADATA

PATH: Final = Path("m2m/tables.json")


class DescriptionError(AppError):
    """What is written about the code is not what the code says."""

    code = "description"
    title = "A description is out of date"


def tables_json() -> str:
    """Return what each table is for, how long rows stay, and its definition.

    Raises:
        MigrationError: The migrations cannot be loaded.
    """
    scripts = load_scripts(migration_config())
    branches = Branches(scripts)
    tables = {
        table.name: {
            "purpose": _purpose(table),
            "kept": table.info.get("kept"),
            "branch": branches.of(table.name),
            "definition": _one_line(CreateTable(table)),
            "indexes": sorted(_one_line(CreateIndex(each)) for each in table.indexes),
        }
        for table in METADATA.sorted_tables
    }
    return as_text({"migrations": sorted(scripts.get_heads()), "tables": tables})


def as_text(described: dict[str, Any]) -> str:
    """Return the text of a file.

    Args:
        described: Its content.
    """
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def keep(path: Path, text: str, *, check: bool, again: str) -> None:
    """Write a description, or compare it with the file.

    Args:
        path: The file.
        text: What the code says.
        check: Compare, and write nothing.
        again: The command that writes it.

    Raises:
        DescriptionError: The file says something else.
    """
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    elif not path.is_file() or path.read_text(encoding="utf-8") != text:
        message = f"{path} is not what the code says."
        raise DescriptionError(message, hint=f"Write it again: {again}")


def _purpose(table: Table) -> str | None:
    """Return the first sentence of the model, or what a table without one says."""
    for mapper in Base.registry.mappers:
        if mapper.local_table is table:
            return (mapper.class_.__doc__ or "").partition("\n\n")[0]
    purpose: str | None = table.info.get("purpose")
    return purpose


def _one_line(statement: CreateTable | CreateIndex) -> str:
    dialect = cast("Callable[[], Dialect]", PGDialect)()
    return " ".join(str(statement.compile(dialect=dialect)).split())
