"""No regular expression can be made to take long."""

from pathlib import Path

import pytest

from tests.support.patterns import faults, patterns_in

_ROOT = Path(__file__).parents[3]
_MODULES = [
    path
    for folder in ("src", "scripts")
    for path in sorted((_ROOT / folder).rglob("*.py"))
    if "import re\n" in path.read_text("utf-8")
]


@pytest.mark.parametrize("module", _MODULES, ids=lambda path: path.stem)
def test_patterns_are_linear(module: Path) -> None:
    slow = {
        f"line {line}: {pattern}": found
        for line, pattern, flags in patterns_in(module)
        if (found := faults(pattern, flags))
    }
    assert not slow


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        (r"\A(a+)+b", "a run into what follows it"),
        (r"\A(?:a|aa)*b", "small runs that divide a text among them"),
        (r"\A(?:[ab]c|ac)*d", "a run of alternatives that begin alike"),
        (r"\A(?:x+x+)+y", "a run into what follows it"),
        (r"\A(?:x?){40}y", "small runs that divide a text among them"),
        (r"\A\d*,?\d*;", "a run into what follows it"),
        (r"^(?:\d+,)*\d+$", "a run into what follows it"),
        (r"-----BEGIN [A-Z ]*KEY", "a run into what follows it"),
        (r"\A[a-z]{0,60}[a-z]{0,60}=", "small runs that divide a text among them"),
        (r"\s+$", "a run that can be entered in its middle"),
        (r"a++b", "a run that can be entered in its middle"),
        (r"\beyJ[\w-]{5,}\.", "a run that can be entered in its middle"),
        (r"(?m)^\s*name", "a run that can be entered in its middle"),
        (r"x(?=.*y)", "a run that can be entered in its middle"),
        (r"(?i)token[a-z_]+=", "a run that can be entered in its middle"),
        (r"(.)\1", "a reference to a group"),
    ],
)
def test_slow_patterns_are_told(pattern: str, fault: str) -> None:
    assert fault in faults(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"[a-z]+",
        r"^\d+$",
        r"\A\w+@",
        r"(?<!a)a++b",
        r"(?<![\w-])[\w-]++=",
        r"(?:\.\w++)*+",
        r"\bx[0-9]{1,20}y",
        r"\A(?:ab|cd)+e",
        r'"[^"]*"',
        r"(?m)^ *name",
        r"(?i)token=[a-z_]+",
    ],
)
def test_linear_patterns_pass(pattern: str) -> None:
    assert not faults(pattern)


def test_a_pattern_that_nobody_can_read_is_refused(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("import re\nre.compile(given)\n", "utf-8")
    with pytest.raises(TypeError, match="line 2"):
        list(patterns_in(module))
