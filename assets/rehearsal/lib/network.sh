# The pretend network of a host; sourced after lib.sh.
# shellcheck shell=sh

# docker_alive HOST: its bridge is there.
docker_alive() {
    [ -s "$SHARED/network/$1" ] || return 1
    read -r _ _ _ docker_pid <"$SHARED/network/$1"
    alive "$1" "$docker_pid"
}

# flannel_of HOST: prints "SUBNET BACKEND NETWORK" while its flanneld runs.
flannel_of() {
    [ -s "$SHARED/flannel/$1" ] || return 1
    read -r flannel_pid flannel_rest <"$SHARED/flannel/$1"
    alive "$1" "$flannel_pid" && echo "$flannel_rest"
}

# bridge_in_lease HOST: docker there uses what flannel leased.
bridge_in_lease() {
    leased=$(flannel_of "$1") || return 1
    read -r _ _ bip _ <"$SHARED/network/$1"
    [ "${leased%% *}" = "$bip" ]
}

# interfaces: "NUMBER NAME MTU ADDRESS/LENGTH KIND" a line; the address may be "-".
interfaces() {
    echo "1 lo 65536 127.0.0.1/8 loopback"
    echo "2 eth0 1500 $HOST_ADDRESS/24 ether"
    if [ -s /run/docker/bip ]; then
        echo "3 docker0 $(cat /run/docker/mtu) $(cat /run/docker/bip) bridge"
    fi
    if leased=$(flannel_of "$HOST_NAME"); then
        # shellcheck disable=SC2086 # three words
        set -- $leased
        base=${1%.*}.0
        case $2 in
        udp) echo "4 flannel0 1472 $base/16 tun" ;;
        vxlan) echo "4 flannel.1 1450 $base/32 vxlan" ;;
        esac
    fi
}

# routes: as `ip -4 route` prints them.
routes() {
    echo "default via 10.0.63.1 dev eth0"
    interfaces | while read -r _ name _ address _; do
        case $name in
        eth0) echo "10.0.63.0/24 dev eth0 proto kernel scope link src $HOST_ADDRESS" ;;
        docker0) echo "${address%.*}.0/${address#*/} dev docker0 proto kernel scope link src ${address%/*}" ;;
        flannel0) echo "$(flannel_of "$HOST_NAME" | cut -d ' ' -f 3) dev flannel0 proto kernel scope link src ${address%/*}" ;;
        esac
    done
    if leased=$(flannel_of "$HOST_NAME"); then
        case $leased in
        *" vxlan "* | *" host-gw "*) ;;
        *) return 0 ;;
        esac
        for other in "$SHARED"/flannel/*; do
            other=${other##*/}
            [ "$other" != "$HOST_NAME" ] && theirs=$(flannel_of "$other") || continue
            theirs=${theirs%% *}
            net=${theirs%.*}.0
            case $leased in
            *" vxlan "*) echo "$net/24 via $net dev flannel.1 onlink" ;;
            *) echo "$net/24 via $(address_of "$other") dev eth0" ;;
            esac
        done
    fi
}

# reach ADDRESS: succeeds and prints a ttl when a packet of this host, or of a container on it,
# would come back.
reach() {
    case $1 in
    127.*)
        echo 64
        return
        ;;
    esac
    if [ "$1" = "$HOST_ADDRESS" ]; then
        echo 64
        return
    fi
    if host_of "$1" >/dev/null; then
        echo 63
        return
    fi
    for there in "$SHARED"/network/*; do
        [ -f "$there" ] || return 1
        grep -q -x -e "gateway $1 .*" -e "container $1" "$there" || continue
        there=${there##*/}
        docker_alive "$there" || continue
        if [ "$there" = "$HOST_NAME" ]; then
            echo 64
            return
        fi
        if bridge_in_lease "$there" && bridge_in_lease "$HOST_NAME"; then
            echo 61
            return
        fi
    done
    return 1
}
