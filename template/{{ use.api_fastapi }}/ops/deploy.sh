#!/bin/sh
# Replaces the running release by the one that IMAGE names, without a gap (S4 Deployment).
# Going back is the same, with the previous IMAGE. Run it in the folder of compose.yaml.
set -eu

: "${IMAGE:?set IMAGE to the release, such as ghcr.io/owner/name@sha256:...}"
export IMAGE

docker compose pull --quiet api
docker compose up --detach --wait database
docker compose run --rm migrate

running=$(docker compose ps --quiet api)
instances=$(printf '%s' "$running" | grep -c . || true)
[ "$instances" -gt 0 ] || exec docker compose up --detach --wait

# Beside each running instance starts a new one; `--wait` fails if it is not healthy.
if ! docker compose up --detach --no-deps --no-recreate \
    --scale "api=$((instances * 2))" --wait api; then
    docker compose ps --quiet api | grep -vxF "$running" | xargs -r docker rm --force
    echo "the new release did not become healthy; the running one goes on" >&2
    exit 1
fi

# SIGTERM: an old instance finishes its requests while the proxy uses the new ones.
for container in $running; do
    docker stop --time 100 "$container" >/dev/null
    docker rm "$container" >/dev/null
done
docker compose up --detach --no-recreate --remove-orphans \
    --scale "api=$instances" --wait
echo "deployed $IMAGE"
