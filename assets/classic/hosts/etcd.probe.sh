# Whether the etcd member of this host runs as wanted.
set -eu
{% include "classic/hosts/etcd.inc.sh" %}
{% raw %}
found=$(docker inspect --format '{{.State.Running}} {{index .Config.Labels "kwizard.made-of"}}' etcd 2>/dev/null) || {
    echo "there is no container called etcd"
    exit 1
}
{% endraw %}
if [ "$found" != "true $made_of" ]; then
    echo "the container etcd is stopped or was made otherwise"
    exit 1
fi
echo "the container etcd runs"
