# What runs now and docker does not start again by itself would stay stopped: the article's etcd.
# Pods are left to the kubelet.
{% raw %}
before=$(docker ps --no-trunc --format '{{.ID}} {{.Names}}' | awk '$2 !~ /^k8s_/ { print $1 }')
systemctl restart docker.service || {
    journalctl --unit=docker.service --lines=20 --no-pager --output=cat >&2 || true
    fail "docker does not start again; it said: $(journalctl --unit=docker.service --lines=1 --no-pager --output=cat 2>/dev/null)"
}
for container in $before; do
    if [ "$(docker inspect --format '{{.State.Running}}' "$container" 2>/dev/null)" = false ]; then
        docker start "$container" >/dev/null || echo "could not start container $container again"
    fi
done
{% endraw %}
{% if cluster.etcd.mode == "docker" and "etcd" in host.roles %}

{% if until_healthy is defined %}
{% include "classic/lib/etcd.sh" %}

{% endif %}
if docker inspect etcd >/dev/null 2>&1; then
    docker start etcd >/dev/null || fail "the etcd container does not start again"
{% if until_healthy is defined %}

    # The next host's turn comes only when this member is back.
    tries=0
    until healthy http://{{ host.address }}:2379; do
        tries=$((tries + 1))
        if [ "$tries" -ge 150 ]; then
            docker logs --tail 20 etcd >&2
            fail "etcd on this host is not healthy again 60 s after docker's restart"
        fi
        sleep 0.2
    done
    echo "docker is back, and etcd on this host is healthy"
{% else %}
    echo "docker is back, and etcd was started"
{% endif %}
else
    echo "docker is back; there is no etcd container yet"
fi
{% else %}
echo "docker is back"
{% endif %}
