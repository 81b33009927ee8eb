#!/bin/sh
# Runs a tool for the Git hooks, which start outside the project's environment.
#
# `just install` notes in the environment which uv made it: the `uv` on the PATH may be a
# version manager's shim that refuses this project's Python.
set -eu

environment=${UV_PROJECT_ENVIRONMENT:-.venv}
if [ -r "$environment/made-by-uv" ]; then
    PATH="$(dirname "$(cat "$environment/made-by-uv")"):$PATH"
fi
for tools in "$environment/bin" "$environment/Scripts"; do
    if [ -d "$tools" ]; then
        PATH="$(cd "$tools" && pwd):$PATH"
        exec "$@"
    fi
done
# A second checkout of the repository has no environment yet.
exec uv run --frozen "$@"
