"""Commands as somebody types them: by names that hold on any machine."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from threading import Thread
from typing import Any

from .git import clean_environment
from .remote import public_address
from .source import BUNDLE, CHECKOUT

# The Python and the virtual environment that run Groundplan are none of the project's
# business. pyenv's shims hand their own choice down, which outranks `.python-version`.
FOREIGN = (
    "VIRTUAL_ENV",
    "UV_PROJECT_ENVIRONMENT",
    "UV_PROJECT",
    "PYTHONHOME",
    "PYENV_VERSION",
    "PYENV_DIR",
)
PYTHON = "python" if os.name == "nt" else "python3"
_VERSION = ".python-version"
_MODULE = (PYTHON, "-m", "uv")
INSTALL_UV = f"{PYTHON} -m pip install uv"
# Folders of uv's cache in which `uvx` makes its environments.
_OF_UVX = ("archive-v", "environments-v")


_known: dict[str, bool] = {}
_asked: dict[str, Thread] = {}


def look_ahead(folder: Path, version: str) -> None:
    """Begin to find out whether `uv` works where a file names this Python.

    A version manager takes a third of a second to say so, and rendering needs none of
    it meanwhile.

    Args:
        folder: An empty directory that stays until `uv_as_typed` has been called.
        version: What `.python-version` will say.
    """
    (folder / _VERSION).write_text(f"{version}\n", encoding="utf-8")

    def ask() -> None:
        _known[version] = _works(("uv",), folder)

    _asked[version] = Thread(target=ask, daemon=True)
    _asked[version].start()


def uv_as_typed(project: Path) -> tuple[str, ...]:
    """How somebody calls uv in the project: by its name, or as a module of Python.

    A version manager's `uv` can be on the PATH and still refuse a directory whose
    `.python-version` names another Python; and ours is on the PATH only as long as
    this command runs.

    Args:
        project: Where it will be typed.
    """
    file = project / _VERSION
    version = file.read_text(encoding="utf-8").strip() if file.is_file() else ""
    if version in _asked:
        _asked.pop(version).join()
    if version not in _known:
        _known[version] = _works(("uv",), project)
    return ("uv",) if _known[version] else _MODULE


def uv_is_missing(project: Path) -> bool:
    """Whether uv has to be installed before it can be called as it is typed.

    Args:
        project: Where it will be typed.
    """
    # It may be there as a module: installing it again takes less than asking.
    return uv_as_typed(project) == _MODULE


def _works(command: tuple[str, ...], project: Path) -> bool:
    path = path_of_the_shell()
    environment = clean_environment({"PATH": path})
    for name in FOREIGN:
        environment.pop(name, None)
    program = shutil.which(command[0], path=path)
    if program is None:
        return False
    if len(command) == 1 and not _is_script(program):
        return True
    try:
        subprocess.run(  # noqa: S603 - what the shell would run
            (program, *command[1:], "--version"),
            cwd=project,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _is_script(program: str) -> bool:
    """Whether a program can decide by the directory what it runs, as shims do."""
    with Path(program).open("rb") as file:
        return file.read(2) == b"#!"


def ourselves_as_typed() -> tuple[str, ...]:
    """How somebody calls this command again, as it was called now."""
    if shutil.which("groundplan", path=path_of_the_shell()) or _is_activated():
        return ("groundplan",)
    if not BUNDLE.is_file():
        uv = ("uv",) if shutil.which("uv", path=path_of_the_shell()) else _MODULE
        here = Path.cwd()
        inside = here == CHECKOUT or CHECKOUT in here.parents
        where = () if inside else ("--project", str(CHECKOUT))
        return (*uv, "run", *where, "groundplan")
    if "UV_RUN_RECURSION_DEPTH" in os.environ:  # a dependency of another project
        return (*uv_as_typed(Path.cwd()), "run", "groundplan")
    origin = _origin()
    uvx = ("uvx",) if shutil.which("uvx", path=path_of_the_shell()) else _as_tool()
    return (*uvx, *(("--from", origin) if origin else ()), "groundplan")


def _as_tool() -> tuple[str, ...]:
    return (*uv_as_typed(Path.cwd()), "tool", "run")


def _is_activated() -> bool:
    """Whether somebody has put our environment's programs on the PATH themselves."""
    by_uv = "UV_RUN_RECURSION_DEPTH" in os.environ or is_of_uvx(Path(sys.prefix))
    mine = os.environ.get("VIRTUAL_ENV", "") == sys.prefix
    return mine and not by_uv


def is_of_uvx(prefix: Path) -> bool:
    """Whether an environment is one that `uvx` made for one run.

    Args:
        prefix: The environment's folder.
    """
    return any(part.startswith(_OF_UVX) for part in prefix.parts)


def _origin() -> str:
    """Where this package was installed from, when that was an address of its own."""
    try:
        text = metadata.distribution("groundplan").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return ""
    facts: dict[str, Any] = json.loads(text or "{}")
    address = public_address(str(facts.get("url", ""))).removeprefix("git+")
    if not address or "vcs_info" not in facts:
        return ""
    wanted = facts["vcs_info"].get("requested_revision", "")
    return f"git+{address}" + (f"@{wanted}" if wanted else "")


def path_of_the_shell() -> str:
    """The PATH without what running this command has put in front of it."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    ours = {Path(sys.prefix) / "bin"} if sys.prefix != sys.base_prefix else set[Path]()
    if "PYENV_VERSION" in os.environ:  # by a shim, with the folder
        ours.add(Path(sys.base_prefix) / "bin")
    return os.pathsep.join(folder for folder in folders if Path(folder) not in ours)


def changing_to(directory: str) -> str:
    """How a shell goes to a directory that somebody named.

    Args:
        directory: As it was typed.
    """
    # A name with a hyphen in front would be an option of `cd`.
    named = f"./{directory}" if directory.startswith("-") else directory
    return f"cd {shlex.quote(named)}"
