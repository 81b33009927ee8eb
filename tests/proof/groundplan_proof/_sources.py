"""What the modules of a project import, and what its files contain."""

# pyright: basic, reportMissingTypeStubs=false

from __future__ import annotations

import ast
import hashlib
import os
from functools import cached_property
from importlib import metadata
from pathlib import Path

IGNORED = frozenset(
    {".git", ".venv", "__pycache__", ".pytest_cache", ".hypothesis", ".ruff_cache"}
    | {"htmlcov", "coverage.xml", ".mypy_cache", "site", "logs"}
)
"""Names of files and folders that tools write."""

Imports = tuple[frozenset[Path], frozenset[str], bool]
"""The project's files that a file imports, the packages of others, and whether it also
imports by a name that it computes."""


def digest_of(data: bytes) -> str:
    """Return a short hash."""
    return hashlib.sha256(data).hexdigest()[:32]


class Project:
    """The project's files: what each imports, and what each contains."""

    def __init__(self, root: Path) -> None:
        """Find the modules below `src`, and those that are imported from the root."""
        self.root = root
        self.modules: dict[str, Path] = {}
        for base, folders in ((root / "src", None), (root, ("tests", "scripts"))):
            for folder in folders or [path.name for path in base.iterdir()]:
                for path in (base / folder).rglob("*.py"):
                    parts = path.relative_to(base).with_suffix("").parts
                    name = ".".join(parts).removesuffix(".__init__")
                    self.modules[name] = path
        self.names = {path: name for name, path in self.modules.items()}
        self._contents: dict[str, str] = {}
        self._imports: dict[Path, Imports] = {}

    def relative(self, path: str | Path) -> str | None:
        """Return a path from the root, or None where it is elsewhere or ignored."""
        text = os.path.abspath(path)
        prefix = f"{self.root}{os.sep}"
        if text == str(self.root):
            return "."
        if not text.startswith(prefix):
            return None
        name = text.removeprefix(prefix)
        parts = name.split(os.sep)
        if IGNORED.intersection(parts) or parts[-1].startswith(".coverage"):
            return None
        return name

    def content(self, name: str) -> str:
        """Return a file's hash, that of a folder's names, or that there is nothing."""
        if name not in self._contents:
            self._contents[name] = self._content(self.root / name)
        return self._contents[name]

    def _content(self, path: Path) -> str:
        if path.is_dir():
            names = sorted(set(os.listdir(path)) - IGNORED)
            return digest_of(
                "\0".join(n for n in names if n[:9] != ".coverage").encode()
            )
        return digest_of(path.read_bytes()) if path.is_file() else "nothing"

    def imports(self, path: Path) -> Imports:
        """Return what a file imports, wherever in the file it does."""
        if path not in self._imports:
            self._imports[path] = self._read_imports(path)
        return self._imports[path]

    def _read_imports(self, path: Path) -> Imports:
        tree = ast.parse(path.read_bytes())
        own = self.names.get(path, "")
        package = own if path.name == "__init__.py" else own.rpartition(".")[0]
        named: set[str] = set()
        computed = False
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                named.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                up = package.split(".")[: len(package.split(".")) - node.level + 1]
                above = up if node.level else []
                base = ".".join([*above, *([node.module] if node.module else [])])
                named.update({base, *(f"{base}.{alias.name}" for alias in node.names)})
            elif isinstance(node, ast.Call):
                called = ast.unparse(node.func).rpartition(".")[2]
                computed |= called in {"import_module", "__import__", "walk_packages"}
        found = {self._file(name) for name in named}
        outside = {name.partition(".")[0] for name in named if not self._file(name)}
        return frozenset(f for f in found if f), frozenset(outside), computed

    def _file(self, name: str) -> Path | None:
        while name:
            if name in self.modules:
                return self.modules[name]
            name = name.rpartition(".")[0]
        return None

    def closure(self, paths: set[Path]) -> tuple[set[Path], set[str], bool]:
        """Return all files that some files need, others' packages, and `computed`."""
        seen: set[Path] = set()
        outside: set[str] = set()
        waiting, computed = list(paths), False
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            own, others, by_name = self.imports(path)
            outside |= others
            computed |= by_name
            waiting.extend(own)
            parent = self.names.get(path, "").rpartition(".")[0]
            while parent:
                if parent in self.modules:
                    waiting.append(self.modules[parent])
                parent = parent.rpartition(".")[0]
        return seen, outside, computed

    @cached_property
    def whole(self) -> str:
        """Return a hash of all files."""
        found: list[str] = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(set(folders) - IGNORED)
            for file in sorted(files):
                name = self.relative(os.path.join(folder, file))
                if name:
                    found.append(f"{name}\0{self.content(name)}")
        return digest_of("\n".join(found).encode())


class Distributions:
    """The versions of what is installed."""

    def __init__(self) -> None:
        """Read the environment's metadata once."""
        self.packages = metadata.packages_distributions()
        self.versions: dict[str, str] = {}
        self.requires: dict[str, set[str]] = {}
        self.plugins: set[str] = set()
        for each in metadata.distributions():
            name = _normal(each.metadata["Name"])
            self.versions[name] = each.version
            self.requires[name] = {
                _normal(requirement)
                for requirement in each.requires or []
                if "extra ==" not in requirement
            }
            if any(point.group == "pytest11" for point in each.entry_points):
                self.plugins.add(name)

    def versions_of(self, packages: set[str]) -> list[str]:
        """Return the versions of packages, of what they require, and of the plugins."""
        imported = {_normal(d) for p in packages for d in self.packages.get(p, [])}
        waiting, seen = [*imported, *self.plugins, "pytest"], set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen and name in self.versions:
                seen.add(name)
                waiting.extend(self.requires[name])
        return sorted(f"{name} {self.versions[name]}" for name in seen)


def _normal(requirement: str) -> str:
    name = "".join(c if c.isalnum() or c in "._-" else " " for c in requirement)
    return name.split()[0].lower().replace("_", "-").replace(".", "-")
