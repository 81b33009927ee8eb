"""Notes what a test reads of its project while it runs."""

# pyright: basic

from __future__ import annotations

import os
import sys
from multiprocessing import util as multiprocessing_util
from pathlib import Path
from typing import Any

from ._sources import Project

SERVERS = frozenset({"rabbitmq-server", "epmd", "erl", "valkey-server", "redis-server"})
"""Programs that read nothing of the project."""

Data = set[tuple[str, str]]
"""What was read: how (`open`, `list`, `stat`), and the path from the project's root."""

EVERYBODY = "everybody"
"""Owner of what is read while a module is imported: it is imported only once."""


class Tracer:
    """Notes what the test or fixture that runs now reads of the project."""

    def __init__(self, project: Project) -> None:
        """Watch this process from now on; nothing is noted while nobody runs."""
        self.project = project
        self.read: dict[str, Data] = {}
        self.starts: set[str] = set()
        self.owner: str | None = None
        sys.addaudithook(self._audit)
        self._stat, self._spawn = os.stat, multiprocessing_util.spawnv_passfds
        os.stat = self._watched_stat  # type: ignore[assignment]
        multiprocessing_util.spawnv_passfds = self._watched_spawn

    def _note(self, how: str, path: Any) -> None:
        if self.owner is None or isinstance(path, int) or path is None:
            return
        name = self.project.relative(os.fsdecode(path))
        if name is None:
            return
        owner = self.owner
        if _while_importing():
            if how != "open" or name.endswith(".py"):
                return  # the import itself, which is in the key
            owner = EVERYBODY
        self.read.setdefault(owner, set()).add((how, name))

    def _watched_stat(self, path: Any, *more: Any, **named: Any) -> os.stat_result:
        self._note("stat", path)
        return self._stat(path, *more, **named)

    def _watched_spawn(self, *arguments: Any) -> Any:
        if self.owner is not None:
            self.starts.add(self.owner)
        return self._spawn(*arguments)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.owner is None:
            return
        if event == "open":
            path, _, flags = arguments
            if not (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)):
                self._note("open", path)
        elif event in {"os.listdir", "os.scandir"}:
            self._note("list", arguments[0] or ".")
        elif event == "subprocess.Popen":
            self._note_start(str(arguments[0] or arguments[1][0]))
        elif event in {"os.fork", "os.forkpty", "os.posix_spawn", "os.exec"}:
            self.starts.add(self.owner)

    def _note_start(self, program: str) -> None:
        is_server = "site-packages" in program or Path(program).name in SERVERS
        if not is_server and self.owner is not None:
            self.starts.add(self.owner)


def _while_importing() -> bool:
    frame = sys._getframe(2)  # noqa: SLF001 - there is no other way to ask
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False
