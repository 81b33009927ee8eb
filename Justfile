# Groundplan's own commands. `uv run just` needs nothing installed but uv.

set positional-arguments

# Tests run the command as a process: each would compile every package it imports anew.
export PYTHONDONTWRITEBYTECODE := ""

_default:
    @'{{ just_executable() }}' --list --unsorted

# Set up the environment and the Git hooks
install:
    uv sync --locked
    uv run --locked pre-commit install

# Style, types, security of the workflows, and the tests that take seconds
check: lint typecheck duplicates quick

# Style of the code, the Justfile, the workflows and the YAML
lint:
    uv run --locked ruff check
    uv run --locked ruff format --check
    '{{ just_executable() }}' --fmt --check
    uv run --locked yamllint --strict .
    uv run --locked check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
    uv run --locked zizmor --offline --quiet .github
    uv run --locked bandit --quiet --recursive src --configfile pyproject.toml

# Repair what can be repaired
fix:
    uv run --locked ruff check --fix
    uv run --locked ruff format
    '{{ just_executable() }}' --fmt

# Types, strictly
typecheck:
    uv run --locked pyright

# Code that stands in two places
duplicates:
    uv run --locked pylint src tests scripts benchmarks

# The tests that need no whole project: under a minute
quick *args:
    uv run --locked pytest --numprocesses 2 -m "not slow" "$@"

# Everything: builds each project of the matrix, then holds the coverage
test *args:
    uv run --locked pytest --numprocesses 2 --dist worksteal --cov --cov-report= "$@"
    uv run --locked python scripts/coverage_gates.py

# Build the projects of the matrix alone; arguments go to pytest, such as -k licence=mit
render *args:
    uv run --locked pytest --numprocesses 2 --dist worksteal tests/render "$@"

# Test the richest project beside a load of eight; arguments go to its pytest
busy *args:
    scripts/busy.sh "$@"

# Lock new projects with the newest versions; `just test` proves them
constraints:
    uv run --locked python -m scripts.constraints

# Measure start-up, rendering and the rendered service; each prints ratios
bench:
    for each in benchmarks/*.py; do uv run --locked python "$each" || exit 1; done

# Build a rendered project's image on a real Docker engine and wait until it is healthy
image *args:
    scripts/docker-smoke.sh "$@"

# Write the reference pages and build the documentation
docs:
    uv run --locked python scripts/reference.py
    uv run --locked mkdocs build --strict
