"""How long a render takes: ours, Copier's own, and the floor. Prints ratios.

In process: the default project through Groundplan's adapter, through Copier's
`run_copy`, and by one Jinja environment that writes the same bytes from a context
that is there already: the floor. It compiles each template, which ours has kept; the
compiled floor has them kept, too. As whole processes: `groundplan new --no-install
--no-git` and `copier copy`. Each figure is the best of several runs, in alternation.

    uv run python benchmarks/render_time.py [RUNS]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from copier import Settings, run_copy
from copier._jinja_ext import SandboxedEnvironment
from jinja2 import BytecodeCache, StrictUndefined

from groundplan.project.adapter import ProjectTemplate
from groundplan.project.bytecode import bytecode_cache
from groundplan.project.source import CHECKOUT, CheckedOut, checked_out, find_source
from groundplan.project.tree import Texts

NAME = "sample-service"
ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "PYTHONDONTWRITEBYTECODE": "",
}
RENDER_LIMIT = 1.25
COMPILED_LIMIT = 1.75
PROCESS_LIMIT = 0.2


def main() -> int:
    """Measure and print; the exit code says whether both limits hold."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with checked_out(find_source()) as template:
            inside = measure(
                in_process(template, folder), runs, folder, time.process_time
            )
        outside = measure(processes(), runs, folder, time.perf_counter)
    show("in process", inside, "floor")
    show("whole process", outside, "copier copy")
    render = inside["groundplan"] / inside["floor"]
    compiled = inside["groundplan"] / inside["compiled floor"]
    process = outside["groundplan new"] / outside["copier copy"]
    print(f"\nrender / floor            {render:.2f}  (at most {RENDER_LIMIT})")
    print(f"render / compiled floor   {compiled:.2f}  (at most {COMPILED_LIMIT})")
    print(f"process / copier copy     {process:.2f}  (at most {PROCESS_LIMIT})")
    slow = render > RENDER_LIMIT or compiled > COMPILED_LIMIT
    return int(slow or process > PROCESS_LIMIT)


def measure(
    ways: dict[str, Callable[[Path], None]],
    runs: int,
    folder: Path,
    clock: Callable[[], float],
) -> dict[str, float]:
    """The best time of each way in seconds, taken in turn.

    Args:
        ways: What to measure, by name; each fills a directory.
        runs: How often.
        folder: Where to work.
        clock: Counts the processor's seconds in process, the wall's otherwise.
    """
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(runs):
        for name, way in ways.items():
            target = folder / "out" / NAME
            shutil.rmtree(target.parent, ignore_errors=True)
            target.parent.mkdir()
            started = clock()
            way(target)
            best[name] = min(best[name], clock() - started)
    return best


def in_process(template: CheckedOut, folder: Path) -> dict[str, Callable[[Path], None]]:
    """Ours, Copier's function and the floor, from the same checked-out files."""
    plain = folder / "plain"
    for name, content in template.files.items():
        (plain / name).parent.mkdir(parents=True, exist_ok=True)
        (plain / name).write_bytes(content)
    plan = Plan(template, folder / "planned")

    def ours(target: Path) -> None:
        ProjectTemplate(template, NAME).render({}, target)

    def copiers(target: Path) -> None:
        run_copy(str(plain), target, defaults=True, quiet=True, settings=Settings())

    def compiled(target: Path) -> None:
        plan.render(target, bytecode_cache())

    return {
        "floor": plan.render,
        "compiled floor": compiled,
        "groundplan": ours,
        "copier": copiers,
    }


def processes() -> dict[str, Callable[[Path], None]]:
    """The two commands as somebody types them."""
    scripts = Path(sys.executable).parent

    def run(*command: str) -> None:
        subprocess.run(  # noqa: S603 - both commands are ours
            command, check=True, capture_output=True, env=ENVIRONMENT
        )

    def ours(target: Path) -> None:
        flags = ("--defaults", "--no-install", "--no-git")
        run(str(scripts / "groundplan"), "new", str(target), *flags)

    def copiers(target: Path) -> None:
        flags = ("copy", "--defaults", "--quiet", "--vcs-ref", "HEAD")
        run(str(scripts / "copier"), *flags, str(CHECKOUT), str(target))

    return {"groundplan new": ours, "copier copy": copiers}


class Plan:
    """All that Copier works out before it writes, so that only rendering is left."""

    def __init__(self, template: CheckedOut, folder: Path) -> None:
        """Render once and note source, target and context of each file."""
        self.template = template
        self.files: list[tuple[str, str]] = []
        self.context: dict[str, Any] = {}
        target = folder / NAME
        worker = ProjectTemplate(template, NAME)._worker({}, target, pretend=False)  # noqa: SLF001 - measured from inside
        write = worker._write  # noqa: SLF001 - measured from inside

        def note(source: str, to: Path, *, is_template: bool) -> None:
            self.files.append((source, to.as_posix()))
            self.context = dict(worker._render_context())  # noqa: SLF001 - measured from inside
            write(source, to, is_template=is_template)

        vars(worker)["_write"] = note
        worker.run_copy()
        self.contents = {to: (target / to).read_bytes() for _, to in self.files}

    def render(self, target: Path, kept: BytecodeCache | None = None) -> None:
        """One Jinja environment, one pass over the files."""
        environment = SandboxedEnvironment(
            loader=Texts(self.template.files),
            bytecode_cache=kept,
            cache_size=-1,
            extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
            undefined=StrictUndefined,
            keep_trailing_newline=True,
        )
        for source, to in self.files:
            path = target / to
            path.parent.mkdir(parents=True, exist_ok=True)
            if source.endswith(".jinja"):
                text = environment.get_template(source).render(self.context)
                content = text.encode()
            else:
                content = self.template.files[source]
            path.write_bytes(content)
            if content != self.contents[to]:
                message = f"the floor writes other bytes: {to}"
                raise RuntimeError(message)


def show(title: str, seconds: dict[str, float], unit: str) -> None:
    """Print each figure as a multiple of one of them."""
    print(f"\n{title}")
    for name, value in sorted(seconds.items(), key=lambda item: item[1]):
        ratio = value / seconds[unit]
        print(f"  {name:<16} {ratio:5.2f} x {unit}   ({value * 1000:.0f} ms)")


if __name__ == "__main__":
    sys.exit(main())
