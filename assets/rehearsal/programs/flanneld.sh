#!/bin/sh
# Stands in for flanneld: leases a subnet in etcd, writes /run/flannel/subnet.env, stays.
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/etcd.sh

endpoints=http://127.0.0.1:4001,http://127.0.0.1:2379 prefix=/coreos.com/network public=$HOST_ADDRESS
masquerade=false
while [ "$#" -gt 0 ]; do
    option=-${1##*-} # flannel takes one dash or two
    case $1 in
    -version | --version)
        echo @VERSION@ >&2
        exit 0
        ;;
    -etcd-endpoints=* | --etcd-endpoints=*) endpoints=${1#*=} ;;
    -etcd-prefix=* | --etcd-prefix=*) prefix=${1#*=} ;;
    -public-ip=* | --public-ip=*) public=${1#*=} ;;
    -iface=* | --iface=* | -v=* | --v=* | -logtostderr* | --logtostderr* | -healthz-* | --healthz-*) ;;
    -ip-masq | --ip-masq | -ip-masq=true | --ip-masq=true) masquerade=true ;;
    *)
        echo "flag provided but not defined: $option" >&2
        exit 2
        ;;
    esac
    shift
done

# flannel up to 0.17 speaks etcd's v2 API.
api=$(echo @VERSION@ | awk -F '[v.]' '{ print ($2 == 0 && $3 < 18) ? 2 : 3 }')
live || die "another flanneld runs as this process"
klog I main.go:514 "Determining IP address of default interface"
klog I main.go:527 "Using interface with name eth0 and address $public"
pause 1.2
while :; do
    if usable=$(etcd_usable "$endpoints"); then
        address=$(endpoint_parts "$usable")
        if [ "$api" = 2 ] && ! etcd_speaks_v2 "${address%% *}"; then
            klog E main.go:386 "Couldn't fetch network config: client: response is invalid json. The endpoint is probably not valid etcd cluster endpoint."
        elif config=$(etcd_get "$api" "$prefix/config"); then
            break
        else
            klog E main.go:386 "Couldn't fetch network config: 100: Key not found ($prefix) [3]"
        fi
    else
        klog E main.go:386 "Couldn't fetch network config: client: etcd cluster is unavailable or misconfigured"
    fi
    daemon_sleep 1
done

# field NAME: a text of the configuration; no more JSON than flannel's key holds.
field() {
    printf '%s' "$config" | tr -d '\n' | sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"
}
network=$(field Network)
backend=$(field Type)
backend=${backend:-udp}
case $backend in
udp) mtu=1472 ;;
vxlan) mtu=1450 ;;
host-gw) mtu=1500 ;;
*)
    klog E main.go:289 "Error registering network: unknown backend type: $backend"
    exit 1
    ;;
esac

# The subnet this host has had before, else the next /24 that is free, 7 apart from host to host.
subnet=
for key in $(etcd_keys "$api" "$prefix/subnets/"); do
    case $(etcd_get "$api" "$key") in *"\"$public\""*) subnet=${key##*/} ;; esac
done
if [ -z "$subnet" ]; then
    first=$(field SubnetMin)
    last=$(field SubnetMax)
    subnet=$(awk -v network="$network" -v first="$first" -v last="$last" -v number="$HOST_NUMBER" '
        function value(text,  part) { split(text, part, /[.\/]/); return ((part[1] * 256 + part[2]) * 256 + part[3]) * 256 + part[4] }
        BEGIN {
            split(network, part, "/")
            size = 2 ^ (32 - part[2])
            low = first == "" ? value(network) + 256 : value(first)
            high = last == "" ? value(network) + size - 256 : value(last)
            places = int((high - low) / 256) + 1
            chosen = low + ((7 * (number + 1)) % places) * 256
            printf "%d.%d.%d.0-24\n", chosen / 16777216, (chosen / 65536) % 256, (chosen / 256) % 256
        }')
fi
etcd_put "$api" "$prefix/subnets/$subnet" "{\"PublicIP\":\"$public\",\"BackendType\":\"$backend\"}"
klog I local_manager.go:234 "Picking subnet in range"
klog I etcdv2.go:201 "Acquired lease: $(echo "$subnet" | tr - /)"
[ "$backend" != udp ] || listen udp 8285 "$public" flanneld flanneld || {
    klog E main.go:289 "Error registering network: failed to start listening on UDP socket: bind: address already in use"
    exit 1
}
gateway=$(echo "$subnet" | sed 's#\.0-#.1/#')
mkdir -p /run/flannel "$SHARED/flannel"
echo "$PROGRAM $gateway $backend $network" >"$SHARED/flannel/$HOST_NAME"
cat >/run/flannel/subnet.env.new <<ENV
FLANNEL_NETWORK=$network
FLANNEL_SUBNET=$gateway
FLANNEL_MTU=$mtu
FLANNEL_IPMASQ=$masquerade
ENV
mv /run/flannel/subnet.env.new /run/flannel/subnet.env
klog I main.go:337 "Wrote subnet file to /run/flannel/subnet.env"
klog I main.go:341 "Running backend."
[ -z "${READY:-}" ] || : >"$READY"
stay
