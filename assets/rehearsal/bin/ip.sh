#!/bin/sh
# Stands in for ip: shows the pretend interfaces and routes. It changes nothing.
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/network.sh

oneline='' details='' what='' device='' to='' default=''
while [ "$#" -gt 0 ]; do
    case $1 in
    -o | -oneline) oneline=yes ;;
    -d | -details) details=yes ;;
    -*) ;;
    a | addr | address) [ -n "$what" ] || what=addr ;;
    l | link) [ -n "$what" ] || what='link' ;;
    r | route) [ -n "$what" ] || what=route ;;
    show | list | get) ;;
    dev) device=$2 && shift ;;
    to) to=$2 && shift ;;
    scope | via | table) shift ;;
    default) default=yes ;;
    up) ;;
    add | del | delete | set | flush | replace | change)
        echo "RTNETLINK answers: Operation not permitted" >&2
        exit 2
        ;;
    *) device=$1 ;;
    esac
    shift
done

link() {
    flags=BROADCAST,MULTICAST,UP,LOWER_UP
    case $5 in
    loopback) flags=LOOPBACK,UP,LOWER_UP ;;
    tun) flags=POINTOPOINT,MULTICAST,NOARP,UP,LOWER_UP ;;
    esac
    sep='
    '
    [ -z "$oneline" ] || sep='\    '
    more=
    [ -z "$details" ] || [ "$5" != vxlan ] ||
        more="${sep}vxlan id 1 local $HOST_ADDRESS dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto"
    mac=02:42:0a:00:$(printf '%02x:%02x' "$HOST_NUMBER" "$1")
    case $5 in loopback) kind=loopback mac=00:00:00:00:00:00 ;; tun) kind=none mac= ;; *) kind=ether ;; esac
    echo "$1: $2: <$flags> mtu $3 qdisc noqueue state UP mode DEFAULT group default${sep}link/$kind $mac brd ff:ff:ff:ff:ff:ff$more"
}

address() {
    [ "$4" != - ] || return 0
    scope=global
    [ "$2" != lo ] || scope=host
    if [ -n "$oneline" ]; then
        echo "$1: $2    inet $4 scope $scope $2\       valid_lft forever preferred_lft forever"
    else
        link "$@"
        echo "    inet $4 scope $scope $2"
    fi
}

case $what in
route)
    if [ -n "$default" ]; then
        routes | grep '^default'
    elif [ -n "$device" ]; then
        routes | grep " dev $device "
    else
        routes
    fi
    exit 0
    ;;
addr | link) ;;
*) die "Object \"$what\" is unknown, try \"ip help\"." ;;
esac
found=
all=$(interfaces)
while read -r number name mtu addresses kind; do
    [ -z "$device" ] || [ "$device" = "$name" ] || continue
    [ -z "$to" ] || [ "${addresses%/*}" = "${to%/*}" ] || continue
    found=yes
    case $what in
    addr) address "$number" "$name" "$mtu" "$addresses" "$kind" ;;
    link) link "$number" "$name" "$mtu" "$addresses" "$kind" ;;
    esac
done <<ALL
$all
ALL
if [ -z "$found" ] && [ -n "$device" ]; then
    die "Device \"$device\" does not exist."
fi
