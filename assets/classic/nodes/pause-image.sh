# Gives docker the image that holds a pod's network: out of the archive brought here, or from a registry.
set -eu
{% include "classic/lib/say.sh" %}

if docker image inspect {{ cluster.docker.pause_image | q }} >/dev/null 2>&1; then
    echo "docker has the image already"
    exit 0
fi
# For a reset: it was not here before.
mkdir -p /var/lib/kwizard/saved
echo {{ cluster.docker.pause_image | q }} >>/var/lib/kwizard/saved/images
{% if cluster.docker.pause_archive %}
docker load --input {{ pause_archive }} || fail "docker cannot load the archive of the pause image"
docker image inspect {{ cluster.docker.pause_image | q }} >/dev/null 2>&1 ||
    fail "the archive holds no image called" {{ cluster.docker.pause_image | q }}
{% else %}
docker pull {{ cluster.docker.pause_image | q }} ||
    fail "docker has no image" {{ cluster.docker.pause_image | q }} "and cannot pull it"
{% endif %}
