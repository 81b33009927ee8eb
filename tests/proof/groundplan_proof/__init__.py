"""A pytest plugin that proves each test module of the rendered projects once a run.

A module is left out when its inputs are byte-equal to those of one that passed in this
run. They are known before it runs as far as they can be read from the code, and traced
while it runs as far as they cannot:

- its file, the modules that it imports and those of its fixtures, with all that they
  import, the conftest files above it, pytest's configuration, the interpreter, and the
  versions of the distributions that are imported (the *key*);
- the project's files and folders that it reads, or looks for (the *trace*).

A module that starts a Python program of the project depends on the whole project. Tests
under `e2e` always run. This package is put on the path of a project's own tests, where
only the interpreter and pytest are sure to be: it imports nothing of Groundplan.
"""

from __future__ import annotations

import os

import pytest

from ._proof import STORE, Proof


def pytest_configure(config: pytest.Config) -> None:
    """Take part where a store is named."""
    if os.environ.get(STORE) and (config.rootpath / "src").is_dir():
        config.pluginmanager.register(Proof(config), "groundplan-proof")
