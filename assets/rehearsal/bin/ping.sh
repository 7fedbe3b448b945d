#!/bin/sh
# Stands in for ping: whether the pretend network carries a packet there and back.
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/network.sh

count=0 deadline=0 wait=1 target=''
while [ "$#" -gt 0 ]; do
    case $1 in
    -c) count=$2 && shift ;;
    -w) deadline=$2 && shift ;;
    -W) wait=$2 && shift ;;
    -i | -I | -s) shift ;;
    -*) ;;
    *) target=$1 ;;
    esac
    shift
done
address=$target
case $target in
*[!0-9.]*) address=$(address_of "$target") || die "ping: $target: Name or service not known" ;;
esac
[ -n "$address" ] || die "ping: $target: Name or service not known"
sends=$count
[ "$deadline" = 0 ] || [ "$count" != 0 ] || sends=$deadline
[ "$sends" -gt 0 ] || sends=4

# The same two ends are always the same time apart.
seed=$(printf '%s' "$HOST_NAME ${CONTAINER:-} $address" | cksum | cut -d ' ' -f 1)
echo "PING $target ($address) 56(84) bytes of data."
received=0
number=0
while [ "$number" -lt "$sends" ]; do
    number=$((number + 1))
    if ttl=$(reach "$address"); then
        received=$((received + 1))
        thousandths=$((200 + (seed + number * 37) % 250))
        printf '64 bytes from %s: icmp_seq=%s ttl=%s time=0.%s ms\n' \
            "$address" "$number" "$ttl" "$thousandths"
        [ "$number" = "$sends" ] || pause 1
    else
        pause "$wait"
    fi
done
loss=$(((sends - received) * 100 / sends))
printf '\n--- %s ping statistics ---\n' "$target"
echo "$sends packets transmitted, $received received, $loss% packet loss, time $(((sends - 1) * 1000))ms"
[ "$received" -gt 0 ] || exit 1
middle=$((200 + (seed + 37) % 250))
echo "rtt min/avg/max/mdev = 0.200/0.$middle/0.450/0.038 ms"
