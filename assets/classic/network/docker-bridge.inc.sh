{% include "classic/network/lease.inc.sh" %}

# Succeeds when docker's bridge really has the leased subnet and MTU; prints what it has.
bridge() {
    lease >/dev/null || {
        echo "there is no lease of flannel on this host"
        return 1
    }
    if ! ip -o -4 addr show dev docker0 2>/dev/null | grep -q " $FLANNEL_SUBNET "; then
        echo "docker0 does not have the address $FLANNEL_SUBNET"
        return 1
    fi
    if [ "$(docker network inspect --format '{% raw %}{{index .Options "com.docker.network.driver.mtu"}}{% endraw %}' bridge 2>/dev/null)" != "$FLANNEL_MTU" ]; then
        echo "docker's bridge does not have the MTU $FLANNEL_MTU"
        return 1
    fi
{% if cluster.etcd.mode == "docker" and "etcd" in host.roles %}
    if [ "$(docker inspect --format '{% raw %}{{.State.Running}}{% endraw %}' etcd 2>/dev/null)" != true ]; then
        echo "the etcd container does not run"
        return 1
    fi
{% endif %}
    echo "docker0 has $FLANNEL_SUBNET and MTU $FLANNEL_MTU"
}
