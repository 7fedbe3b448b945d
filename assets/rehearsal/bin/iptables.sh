#!/bin/sh
# Stands in for iptables: shows the chains that docker and flannel would have made.
. /usr/lib/rehearsal/lib.sh
. /usr/lib/rehearsal/network.sh
table=filter chain=''
while [ "$#" -gt 0 ]; do
    case $1 in
    -t | --table) table=$2 && shift ;;
    -S | -L | --list-rules | --list) chain=${2:-} && shift ;;
    -A | -I | -D | -P | -N | -F) exit 0 ;;
    -V | --version)
        echo "iptables v1.8.9 (rehearsal)"
        exit 0
        ;;
    esac
    [ "$#" -eq 0 ] || shift
done
docker_up=
! docker_alive "$HOST_NAME" || [ ! -s "$STATE/docker-chains" ] || docker_up=yes
case $table-$chain in
filter-FORWARD)
    if [ -n "$docker_up" ]; then echo "-P FORWARD DROP"; else echo "-P FORWARD ACCEPT"; fi
    [ -z "$docker_up" ] || echo "-A FORWARD -j DOCKER-USER"
    if leased=$(flannel_of "$HOST_NAME"); then
        network=${leased##* }
        echo "-A FORWARD -s $network -j ACCEPT"
        echo "-A FORWARD -d $network -j ACCEPT"
    fi
    ;;
nat-PREROUTING)
    echo "-P PREROUTING ACCEPT"
    [ -z "$docker_up" ] || echo "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER"
    ;;
filter-INPUT | filter-OUTPUT | nat-POSTROUTING | nat-OUTPUT) echo "-P $chain ACCEPT" ;;
*-) ;;
*) die "iptables: No chain/target/match by that name." ;;
esac
