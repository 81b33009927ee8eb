#!/usr/bin/env bash
# Installs the servers and tools that tests start and that no wheel carries. Safe to run
# again. Tests that miss one of them are skipped and say so.
set -euo pipefail

packages=(
    age                     # opens backups as a person would
    prometheus              # promtool, and the live test of an alert
    prometheus-alertmanager # amtool, and the live test of an alert
    rabbitmq-server         # the broker of Celery
    rclone                  # the weekly copy of backups
)

missing=()
for package in "${packages[@]}"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null |
        grep -qx installed || missing+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
# The servers are for tests to start on ports of their own, never for the machine to run.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
    "${sudo[@]}" chmod +x "$policy"
    trap '"${sudo[@]}" rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get -o DPkg::Lock::Timeout=300 -qq update
"${sudo[@]}" apt-get -o DPkg::Lock::Timeout=300 -qq install --no-install-recommends \
    --yes "${missing[@]}" >/dev/null
