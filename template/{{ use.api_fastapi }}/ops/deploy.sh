#!/bin/sh
# Replaces the running release by the one that IMAGE names, without a gap.
# Going back is the same, with the previous IMAGE. Run it in the folder of compose.yaml.
set -eu

: "${IMAGE:?set IMAGE to the release, such as ghcr.io/owner/name@sha256:...}"
export IMAGE

docker compose pull --quiet api
docker compose up --detach --wait database
docker compose run --rm migrate
# Compose would restart what depends on a container that it replaces; one made anew is fine.
docker compose rm --force migrate

running=$(docker compose ps --quiet api)
instances=$(printf '%s' "$running" | grep -c . || true)

if [ "$instances" -gt 0 ]; then
    # Beside each running instance starts a new one; `--wait` fails if it is not healthy.
    if ! docker compose up --detach --no-deps --no-recreate \
        --scale "api=$((instances * 2))" --wait api; then
        docker compose ps --all --quiet api | grep -vxF "$running" |
            xargs -r docker rm --force
        echo "the new release did not become healthy; the running one goes on" >&2
        exit 1
    fi
    # SIGTERM: an old instance finishes its requests while the proxy uses the new ones.
    for container in $running; do
        docker stop --time 100 "$container" >/dev/null
        docker rm "$container" >/dev/null
    done
else
    instances=1
fi
# The rest of the release, where an image or a recipe has changed.
docker compose up --detach --remove-orphans --scale "api=$instances" --wait

# Commands by hand start this release too, from now on.
umask 077
{ grep -s -v '^IMAGE=' .env || true; echo "IMAGE=$IMAGE"; } >.env.new
mv .env.new .env
echo "deployed $IMAGE"
