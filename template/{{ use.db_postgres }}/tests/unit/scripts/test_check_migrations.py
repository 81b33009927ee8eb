"""A migration that the running release would not survive is refused."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from packaging.version import Version
from scripts import check_migrations
from typer.testing import CliRunner

VERSION = Version("1.4.0")
app = typer.Typer()
app.command()(check_migrations.main)

type Plant = Callable[..., list[str]]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Add a migration to the project's own, and return what is wrong with it."""
    folder = shutil.copytree("migrations", tmp_path / "migrations")

    def add(*statements: str, mark: str = "") -> list[str]:
        body = "\n".join(f"    {statement}" for statement in statements)
        (folder / "versions" / "planted_0001.py").write_text(
            '"""Planted."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
            'revision = "planted_0001"\ndown_revision = "base_0001"\n'
            f'branch_labels = ("planted",)\ndepends_on = None\n{mark}\n\n'
            f"def upgrade() -> None:\n{body}\n\n\ndef downgrade() -> None: ...\n"
        )
        found = check_migrations.check(folder, VERSION)
        assert set(found) <= {"planted_0001.py"}
        return found.get("planted_0001.py", [])

    return add


@pytest.mark.parametrize(
    "statement",
    [
        'op.drop_column("documents", "title")',
        'op.drop_table("documents")',
        'op.rename_table("documents", "papers")',
        'op.alter_column("documents", "title", new_column_name="name")',
        'op.alter_column("documents", "title", type_=sa.String(20))',
        'op.alter_column("documents", "deleted_at", nullable=False)',
        'op.alter_column("documents", "title", server_default=None)',
        'op.add_column("documents", sa.Column("pages", sa.Integer(), nullable=False))',
        'op.create_unique_constraint("uq_title", "documents", ["title"])',
        'op.create_check_constraint("short", "documents", "length(title) < 10")',
        'op.execute("ALTER TABLE documents DROP COLUMN title")',
        'op.execute("DROP VIEW titles")',
        'op.execute("DROP TYPE colour")',
        'op.execute("DROP FUNCTION one()")',
        'op.execute("ALTER TABLE documents SET SCHEMA library")',
        "op.execute(\"ALTER TYPE colour RENAME VALUE 'red' TO 'crimson'\")",
        'op.execute("TRUNCATE documents CASCADE")',
        'op.execute("REVOKE SELECT ON documents FROM PUBLIC")',
        'op.execute("ALTER TABLE documents DISABLE TRIGGER ALL")',
        'op.execute("THIS IS NO SQL")',
    ],
)
def test_what_takes_something_away_is_refused(plant: Plant, statement: str) -> None:
    assert plant(statement)


@pytest.mark.parametrize(
    "statement",
    [
        'op.add_column("documents", sa.Column("pages", sa.Integer()))',
        'op.add_column("documents", sa.Column("pages", sa.Integer(), nullable=False, '
        'server_default="0"))',
        'op.create_table("loans", sa.Column("id", sa.Uuid(), primary_key=True))',
        'op.create_index("ix_documents_title", "documents", ["title"])',
        'op.alter_column("documents", "title", nullable=True)',
        'op.drop_index("ix_documents_alive", "documents")',
        'op.drop_constraint("ck_documents_title_length", "documents")',
        "pass",
    ],
)
def test_what_only_adds_is_fine(plant: Plant, statement: str) -> None:
    assert plant(statement) == []


def test_a_rule_may_be_replaced_by_a_wider_one(plant: Plant) -> None:
    replaced = plant(
        'op.drop_constraint(op.f("ck_documents_short"), "documents")',
        'op.create_check_constraint(op.f("ck_documents_short"), "documents", "true")',
    )
    assert replaced == []


@pytest.mark.parametrize(
    ("mark", "refusal"),
    [
        ('safe_since = "1.3.0"', None),
        ('safe_since = "1.4.0"', None),
        ('safe_since = "1.5.0"', "later than this project's 1.4.0"),
        ('safe_since = "soon"', "is no release"),
    ],
)
def test_a_second_step_says_since_when_it_is_safe(
    plant: Plant, mark: str, refusal: str | None
) -> None:
    found = plant('op.drop_column("documents", "title")', mark=mark)
    assert found == [] if refusal is None else refusal in found[0]


def test_a_mark_that_nothing_needs_is_refused(plant: Plant) -> None:
    (found,) = plant("pass", mark='safe_since = "1.3.0"')
    assert "not needed" in found


def test_the_refusal_names_the_file_and_the_way_out(
    plant: Plant, tmp_path: Path
) -> None:
    assert plant('op.drop_column("documents", "title")')
    ended = CliRunner().invoke(app, [str(tmp_path / "migrations")])
    assert ended.exit_code == 1
    assert "planted_0001.py would break" in ended.stdout
    assert "ALTER TABLE documents DROP COLUMN title" in ended.stdout
    assert "safe_since" in ended.stdout


def test_the_projects_own_migrations_pass() -> None:
    ended = CliRunner().invoke(app, [])
    assert ended.exit_code == 0, ended.stdout
