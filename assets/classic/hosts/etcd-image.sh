# Gives docker the image of etcd: out of the archive brought here, or from a registry.
set -eu
{% include "classic/lib/say.sh" %}

if docker image inspect {{ cluster.etcd.image | q }} >/dev/null 2>&1; then
    echo "docker has the image already"
    exit 0
fi
# For a reset: it was not here before.
mkdir -p /var/lib/kwizard/saved
echo {{ cluster.etcd.image | q }} >>/var/lib/kwizard/saved/images
{% if cluster.etcd.archive %}
docker load --input {{ etcd_archive }} || fail "docker cannot load the archive of etcd's image"
docker image inspect {{ cluster.etcd.image | q }} >/dev/null 2>&1 ||
    fail "the archive holds no image called" {{ cluster.etcd.image | q }}
{% else %}
docker pull {{ cluster.etcd.image | q }} ||
    fail "docker has no image" {{ cluster.etcd.image | q }} "and cannot pull it"
{% endif %}
