# What the stand-ins for docker and dockerd share; sourced after lib.sh.
# A container is a directory in $CONTAINERS, named by its id, with a small file for each thing
# known of it; an image is one in $IMAGES, with its files unpacked below rootfs/.
# shellcheck shell=sh
IMAGES=/var/lib/docker/image
CONTAINERS=/var/lib/docker/containers
DAEMON=/run/docker # what dockerd writes down about itself: pid, bip, mtu

new_id() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

# container_of NAME|ID: the directory of it.
container_of() {
    for container in "$CONTAINERS"/*; do
        [ -d "$container" ] || return 1
        case ${container##*/} in "$1"*) echo "$container" && return ;; esac
        read -r called <"$container/name"
        [ "$called" != "${1#/}" ] || {
            echo "$container"
            return
        }
    done
    return 1
}

# image_of NAME: the directory of it.
image_of() {
    case $1 in *:*) wanted=$1 ;; *) wanted=$1:latest ;; esac
    for image in "$IMAGES"/*; do
        [ -d "$image" ] || return 1
        read -r called <"$image/name"
        if [ "$called" = "$wanted" ]; then
            echo "$image"
            return
        fi
    done
    return 1
}

container_runs() {
    [ -s "$1/pid" ] && read -r container_pid <"$1/pid" && kill -0 "$container_pid" 2>/dev/null
}

# free_address: the next address on docker's bridge that no container has.
free_address() {
    bip=$(cat "$DAEMON/bip")
    last=1
    base=${bip%/*}
    while :; do
        last=$((last + 1))
        candidate=${base%.*}.$last
        cat "$CONTAINERS"/*/address 2>/dev/null | grep -qx "$candidate" || break
    done
    echo "$candidate"
}

# container_start DIRECTORY: runs its command, apart from who asks for it.
container_start() {
    ! container_runs "$1" || return 0
    free_address >"$1/address.new"
    mv "$1/address.new" "$1/address"
    pause 0.5
    date -u +%Y-%m-%dT%H:%M:%S.000000000Z >"$1/started"
    rm -f "$1/stopped"
    # Out of a subshell, so that it becomes a child of process 1, which buries it when it ends.
    (
        env -i PATH="$PATH" setsid /usr/lib/rehearsal/contained "$1" \
            </dev/null >>"$1/log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
        echo "$!" >"$1/pid"
    )
    publish_network
}

# container_stop DIRECTORY
container_stop() {
    if container_runs "$1"; then
        pid=$(cat "$1/pid")
        kill -"$(cat "$1/stop-signal")" "-$pid" 2>/dev/null
        waited=0
        while kill -0 "$pid" 2>/dev/null || alive "$HOST_NAME" "$pid"; do
            sleep 0.02
            waited=$((waited + 1))
            [ "$waited" -lt 100 ] || kill -KILL "-$pid" 2>/dev/null
        done
    fi
    rm -f "$1/pid" "$1/address"
    publish_network
}

# publish_network: tells the other hosts what can be reached behind this one's bridge.
publish_network() {
    mkdir -p "$SHARED/network"
    {
        echo "gateway $(cut -d / -f 1 "$DAEMON/bip") $(cat "$DAEMON/bip") $(cat "$DAEMON/pid")"
        for container in "$CONTAINERS"/*; do
            ! container_runs "$container" || [ ! -s "$container/address" ] ||
                echo "container $(cat "$container/address")"
        done
    } >"$SHARED/network/.$HOST_NAME.$$"
    mv "$SHARED/network/.$HOST_NAME.$$" "$SHARED/network/$HOST_NAME"
}
