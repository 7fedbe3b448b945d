# Succeeds when flanneld holds a lease of the wanted network; prints what it holds.
lease() {
    FLANNEL_NETWORK='' FLANNEL_SUBNET='' FLANNEL_MTU=''
    if [ ! -r /run/flannel/subnet.env ]; then
        echo "flanneld has not written /run/flannel/subnet.env"
        return 1
    fi
    # Read as text and checked: the file is another program's.
    while IFS='=' read -r name value; do
        case $name in
            FLANNEL_NETWORK) FLANNEL_NETWORK=$value ;;
            FLANNEL_SUBNET) FLANNEL_SUBNET=$value ;;
            FLANNEL_MTU) FLANNEL_MTU=$value ;;
        esac
    done </run/flannel/subnet.env
    case "$FLANNEL_SUBNET $FLANNEL_MTU" in
        *[!0-9./\ ]* | ' '* | *' ')
            echo "/run/flannel/subnet.env is not what flanneld writes"
            return 1
            ;;
    esac
    if [ "$FLANNEL_NETWORK" != {{ cluster.network.pods }} ]; then
        echo "flanneld's network is $FLANNEL_NETWORK, not {{ cluster.network.pods }}"
        return 1
    fi
{% if flannel_interface %}
    if ! ip link show {{ flannel_interface }} >/dev/null 2>&1; then
        echo "flanneld has not made the interface {{ flannel_interface }}"
        return 1
    fi
{% endif %}
    echo "$FLANNEL_SUBNET with MTU $FLANNEL_MTU"
}
