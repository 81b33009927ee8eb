"""The template's folders and slots agree with the grid and with each other."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import PurePosixPath

from tests.support.layers import can_be_together, layers, parts, triggers
from tests.support.paths import ROOT, TEMPLATE, tracked_files

SLOT_CALL = re.compile(r"""\bslot(?:_sorted)?\(\s*["']([^"']+)["']\s*\)""")
ANSWERS_FILE = "{{ _copier_conf.answers_file }}.jinja"


def test_each_writing_option_has_a_folder_and_each_folder_an_option() -> None:
    known = {part for name in layers() for part in parts(name)}
    missing = sorted(triggers().keys() - layers().keys())
    unknown = sorted(known - triggers().keys())
    assert not missing, f"no folder under template/: {missing}"
    assert not unknown, f"no option or resource of the grid: {unknown}"


def test_each_folder_that_joins_options_can_be_active() -> None:
    joined = [name for name in layers() if len(parts(name)) > 1]
    assert not [name for name in joined if not can_be_together(name)]
    assert not [name for name in joined if "base" in parts(name)]


def test_template_holds_folders_macros_and_the_answers_file_alone() -> None:
    tops = {path.relative_to(TEMPLATE).parts[0] for path in tracked_files("template")}
    folders = {f"{{{{ use.{name} }}}}" for name in layers()}
    assert tops - folders == {"_macros", ANSWERS_FILE}


def test_each_slot_has_a_fragment_and_each_fragment_a_slot() -> None:
    calls = {
        name: path.relative_to(ROOT)
        for path in tracked_files("template")
        if path.suffix == ".jinja" and "_macros" not in path.parts
        for name in SLOT_CALL.findall(path.read_text())
    }
    fragments = {
        name: path.relative_to(ROOT)
        for layer in layers().values()
        for name, path in layer.fragments.items()
    }
    unfilled = {name: calls[name] for name in calls.keys() - fragments.keys()}
    uncalled = {name: fragments[name] for name in fragments.keys() - calls.keys()}
    assert not unfilled, f"slots that no folder fills: {unfilled}"
    assert not uncalled, f"fragments for slots that nobody calls: {uncalled}"


def test_fragments_are_jinja_files_directly_under_slots_and_end_their_last_line() -> None:
    fragments = [path for path in tracked_files("template") if "_slots" in path.parts]
    wrong = [
        str(path.relative_to(ROOT))
        for path in fragments
        if path.suffix != ".jinja"
        or path.parent.name != "_slots"
        or not path.read_text().endswith("\n")
    ]
    assert not wrong


def test_no_two_layers_of_one_project_write_the_same_path() -> None:
    collisions = [
        f"{one.name} and {two.name}: {sorted(shared)}"
        for one, two in combinations(layers().values(), 2)
        if (shared := _shared(set(one.writes), set(two.writes)))
        and can_be_together(one.name, two.name)
    ]
    assert not collisions, "\n".join(collisions)


def _shared(one: set[str], two: set[str]) -> set[str]:
    """Return paths of one that two writes, also in other case or as a folder."""
    lower = {path.lower() for path in two}
    parents = {str(up).lower() for path in two for up in PurePosixPath(path).parents}
    own = {str(up).lower() for path in one for up in PurePosixPath(path).parents}
    return {p for p in one if p.lower() in lower | parents} | (lower & own)


def test_no_layer_writes_a_path_twice() -> None:
    for layer in layers().values():
        assert len(layer.writes) == len(layer.bodies), layer.name


def test_no_path_has_a_quote_or_another_character_that_some_system_refuses() -> None:
    refused = re.compile(r"""["<>:|?*\\\x00-\x1f]|[ .]$""")
    wrong = [
        name
        for layer in layers().values()
        for path in layer.writes
        for name in PurePosixPath(path).parts
        if refused.search(name)
    ]
    assert not wrong


def test_nothing_in_the_template_is_a_link_or_executable_but_scripts() -> None:
    files = tracked_files("template")
    assert not [path for path in files if path.is_symlink()]
    executable = [path for path in files if path.stat().st_mode & 0o111]
    assert not [p for p in executable if not p.name.removesuffix(".jinja").endswith(".sh")]
