# Whether docker has the image that holds a pod's network.
set -eu
if ! docker image inspect {{ cluster.docker.pause_image | q }} >/dev/null 2>&1; then
    echo "docker has no image" {{ cluster.docker.pause_image | q }}
    exit 1
fi
echo "docker has the image"
