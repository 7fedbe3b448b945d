# Whether docker has the image of etcd.
set -eu
if ! docker image inspect {{ cluster.etcd.image | q }} >/dev/null 2>&1; then
    echo "docker has no image" {{ cluster.etcd.image | q }}
    exit 1
fi
echo "docker has the image"
