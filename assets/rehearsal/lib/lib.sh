# What all stand-ins share; they begin with:  . /usr/lib/rehearsal/lib.sh
# State of this host lies in $STATE, what all hosts of the rehearsal see in $SHARED.
# shellcheck shell=sh
STATE=/var/lib/rehearsal
SHARED=/run/rehearsal-shared
# Written when the host began: HOST_NAME HOST_NUMBER HOST_ADDRESS SPEED.
# shellcheck source=/dev/null
. "$STATE/host"

die() {
    echo "$*" >&2
    exit 1
}

# pause SECONDS: as long as the real thing would seem to take, scaled by the rehearsal's speed.
# A daemon's lock (see live) is not passed on to the sleep.
pause() {
    case $SPEED in
    0) ;;
    1) sleep "$1" 9>&- ;;
    *) sleep "$(awk -v a="$1" -v b="$SPEED" 'BEGIN { printf "%.3f", a * b }')" 9>&- ;;
    esac
}

# ---- Hosts and ports -------------------------------------------------------------------------

# host_of ADDRESS|NAME: the name of the host that has it; fails for strangers.
host_of() {
    case $1 in
    127.* | localhost | "$HOST_NAME" | "$HOST_ADDRESS")
        echo "$HOST_NAME"
        return
        ;;
    esac
    while read -r peer_address peer_name; do
        if [ "$1" = "$peer_address" ] || [ "$1" = "$peer_name" ]; then
            echo "$peer_name"
            return
        fi
    done <"$STATE/peers"
    return 1
}

# address_of NAME
address_of() {
    awk -v it="$1" '$2 == it { print $1 }' "$STATE/peers"
}

# live: what a daemon calls once. As long as it lives it holds a lock that all hosts can see.
live() {
    mkdir -p "$SHARED/alive" "$SHARED/listen/$HOST_NAME"
    exec 9>"$SHARED/alive/$HOST_NAME.$PROGRAM"
    flock -n 9
}

# alive HOST PID
alive() {
    [ -e "$SHARED/alive/$1.$2" ] && ! flock -n -s "$SHARED/alive/$1.$2" true 2>/dev/null
}

# listen PROTOCOL PORT ADDRESS SHOWN SERVICE: from now on this daemon answers there. SHOWN is what
# ss calls it, SERVICE which program's answers it gives. Fails when somebody else listens there.
listen() {
    port_file=$SHARED/listen/$HOST_NAME/$1-$2
    if [ -s "$port_file" ]; then
        read -r holder _ <"$port_file"
        ! alive "$HOST_NAME" "$holder" || return 1
    fi
    echo "$PROGRAM $4 $3 $5" >"$port_file"
}

# service_at ADDRESS|NAME PORT: prints which program answers on TCP there; fails when none does.
service_at() {
    at=$(host_of "$1") || return 1
    [ -s "$SHARED/listen/$at/tcp-$2" ] || return 1
    read -r holder _ bound service <"$SHARED/listen/$at/tcp-$2"
    [ "$at" = "$HOST_NAME" ] || [ "$bound" != 127.0.0.1 ] || return 1
    alive "$at" "$holder" && echo "$service"
}

# serving NAME: hosts on which that program answers on its port, one a line.
serving() {
    for at_port in "$SHARED"/listen/*/tcp-"$1"; do
        [ -s "$at_port" ] || continue
        at=${at_port#"$SHARED"/listen/}
        at=${at%%/*}
        read -r holder _ <"$at_port"
        ! alive "$at" "$holder" || echo "$at"
    done
}

# ---- Logs ------------------------------------------------------------------------------------

# klog LETTER FILE TEXT: a line as Kubernetes' programs log it.
klog() {
    printf '%s%s %7s %s] %s\n' "$1" "$(date +'%m%d %H:%M:%S.000000')" "$PROGRAM" "$2" "$3" >&2
}

# stay: for ever, without a process of its own that would have to be ended with the daemon.
stay() {
    while :; do
        read -r _ <>"$STATE/never"
    done
}

# daemon_sleep SECONDS: until the next try; may be interrupted by a signal the daemon traps.
daemon_sleep() {
    [ "$SPEED" != 0 ] || set -- 0.1
    sleep "$1" 9>&- &
    wait "$!"
}
