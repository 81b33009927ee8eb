#!/bin/sh
# Looks for secrets in every line that any commit ever added.
# Run it from the root of a repository: `uv run just secrets-history`.
set -eu
patch=$(mktemp "${TMPDIR:-/tmp}/history.XXXXXX")
trap 'rm -f "$patch"' EXIT
git log --all --patch --unified=0 --no-color --no-ext-diff -- . \
    ':!uv.lock' ':!.copier-answers.yml' ':!.secrets.baseline' >"$patch"
detect-secrets-hook --baseline .secrets.baseline "$patch"
