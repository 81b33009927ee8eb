"""Template files stay readable: few control tags, and Python that parses."""

from __future__ import annotations

import re
from itertools import accumulate
from pathlib import Path

from tests.support.layers import PACKAGE, layers
from tests.support.paths import ROOT, TEMPLATE, tracked_files
from tests.support.tools import crowded_modules, undocumented_modules

MOST_TAGS = 3
MOST_NESTING = 1
MOST_TAGS_PER_100_LINES = 1.0

CONTROL = re.compile(r"\{%[-+]?\s*(if|elif|else|for)\b")
DEPTH = re.compile(r"\{%[-+]?\s*(if|for|endif|endfor)\b")
RAW = re.compile(r"\{%[-+]?\s*raw\b.*?\{%[-+]?\s*endraw\s*[-+]?%\}", re.S)

TEMPLATES = [path for path in tracked_files("template") if path.suffix == ".jinja"]
PLAIN_PYTHON = [
    str(path)
    for layer in layers().values()
    for path in layer.bodies
    if path.suffix == ".py"
]


def test_no_template_has_many_or_nested_control_tags() -> None:
    wrong: list[str] = []
    for path in TEMPLATES:
        if "_macros" in path.parts:  # where the loops live, so that no body has one
            continue
        text = RAW.sub("", path.read_text())
        tags = len(CONTROL.findall(text))
        steps = [-1 if tag.startswith("end") else 1 for tag in DEPTH.findall(text)]
        nesting = max(accumulate(steps), default=0)
        if tags > MOST_TAGS or nesting > MOST_NESTING:
            wrong.append(f"{path.relative_to(ROOT)}: {tags} tags, nesting {nesting}")
    assert not wrong, "an option folder or a slot says it:\n" + "\n".join(wrong)


def test_the_whole_template_has_few_control_tags() -> None:
    files = tracked_files("template")
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    tags = sum(len(CONTROL.findall(RAW.sub("", p.read_text()))) for p in TEMPLATES)
    assert 100 * tags / lines <= MOST_TAGS_PER_100_LINES, f"{tags} in {lines} lines"


def test_the_package_imports_itself_relatively() -> None:
    """An absolute import needs Jinja, or names a package that is called otherwise."""
    absolute = re.compile(rf"^\s*(?:from|import) (?:{PACKAGE}|\{{\{{)", re.M)
    inside = [path for path in tracked_files("template") if "src" in path.relative_to(TEMPLATE).parts]
    assert not [str(path) for path in inside if absolute.search(path.read_text())]


def test_no_template_asks_for_the_time_a_random_value_or_a_place() -> None:
    """An update renders the old version again, elsewhere and later: it would differ."""
    moving = re.compile(
        r"\{[{%][^}]*\b(?:strftime|random|shuffle|random_mac|uuid\w*|now"
        r"|_folder_name|dst_path|src_path|vcs_ref_hash|sep|os)\b[^}]*[%}]\}"
    )
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in TEMPLATES
        if (found := moving.search(path.read_text()))
    ]
    assert not wrong, "only a stored answer may stand there"


def test_plain_python_parses_and_says_what_it_is() -> None:
    assert not undocumented_modules(ROOT, PLAIN_PYTHON)


def test_no_template_has_many_public_classes() -> None:
    """Also those that no option alone lays on a project."""
    modules = [str(path) for path in tracked_files("template") if ".py" in path.suffixes]
    assert not crowded_modules(ROOT, modules)


def test_our_own_files_have_few_public_classes() -> None:
    """The tree of errors is read as a whole; `tests/test_errors.py` holds its picture."""
    tree = ROOT / "src" / "groundplan" / "errors.py"
    modules = [path for path in tracked_files("src") if path.suffix == ".py"]
    assert not crowded_modules(ROOT, [str(path) for path in modules if path != tree])


def test_a_crowded_file_is_found(tmp_path: Path) -> None:
    one = "class {}:\n    pass\n\n\n"
    (tmp_path / "three.py").write_text("".join(map(one.format, ["A", "B", "C", "_D"])))
    (tmp_path / "four.py").write_text("".join(map(one.format, "ABCD")))
    assert crowded_modules(tmp_path, ["three.py", "four.py"]) == ["four.py: A, B, C, D"]


def test_a_file_without_jinja_is_no_template() -> None:
    bodies = [path for layer in layers().values() for path in layer.bodies]
    plain = [
        str(path.relative_to(ROOT))
        for path in bodies
        if path.suffix == ".jinja"
        and path.stem != ".gitignore"  # without the suffix, Git would obey it here
        and not re.search(r"\{[{%#]", path.read_text())
    ]
    assert not plain, "these need no .jinja suffix"


def test_a_plain_file_has_no_jinja_that_nobody_renders() -> None:
    forgotten = re.compile(
        r"\{%[-+]?\s*(?:if|for|set|from|import|include|raw)\b"
        r"|(?<!\$)\{\{\s*(?:package|project_\w+|slot\w*|use|owner|description)\b"
    )
    bodies = [path for layer in layers().values() for path in layer.bodies]
    wrong = [
        str(path.relative_to(ROOT))
        for path in bodies
        if path.suffix != ".jinja"
        and forgotten.search(path.read_bytes().decode(errors="replace"))
    ]
    assert not wrong, "these need the .jinja suffix"
