# Starts the etcd member of this host: a container called etcd on docker's own network with its two
# ports published, so that its address inside may change. Unlike the article's it is started again
# by docker (--restart=always). Its data stays on the host, in /var/lib/etcd.
set -eu
{% include "classic/lib/say.sh" %}

{% include "classic/hosts/etcd.inc.sh" %}
{% raw %}
if docker inspect etcd >/dev/null 2>&1; then
    found=$(docker inspect --format '{{index .Config.Labels "kwizard.made-of"}}' etcd)
    [ "$found" = "$made_of" ] ||
        fail "a container called etcd is here that was made otherwise: to make it anew run" \
            "'docker rm -f etcd' on one host at a time (its data stays), or set etcd.mode: existing"
    docker start etcd >/dev/null || fail "the container etcd is here and does not start"
    echo "the container etcd was there already"
    exit 0
fi
{% endraw %}
mkdir -p /var/lib/etcd
chmod 700 /var/lib/etcd
printf '%s\n' {{ cluster.name | q }} >/var/lib/etcd/kwizard-cluster
# The variable, and not the flag of that name, since versions that do not know it pass over it.
docker run --detach --name etcd --restart=always \
    --publish 2379:2379 --publish 2380:2380 --volume /var/lib/etcd:/var/lib/etcd:z \
{% if needs_v2 %}
    --env ETCD_ENABLE_V2=true \
{% endif %}
    --label kwizard.cluster={{ cluster.name | q }} --label kwizard.made-of="$made_of" \
    --entrypoint etcd {{ cluster.etcd.image | q }} "$@" ||
    fail "docker could not start etcd"
