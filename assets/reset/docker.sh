# Gives docker back: containers and images of kwizard are removed, its drop-in goes, and docker is
# restarted with its own options, so that docker0 has its former address. Containers of others are
# started again. Where docker was off before and holds nothing of anybody's, it is off again.
set -eu
{% include "reset/docker.inc.sh" %}

{% include "classic/network/docker-command.inc.sh" %}

# Stops docker and takes its bridge away: docker would keep the address that it finds there.
stop_docker() {
    systemctl stop docker.socket 2>/dev/null || true
    systemctl stop docker.service || fail "docker does not stop"
    # The kernel takes away the links of containers that have ended, a little later.
    tries=0
    while [ -n "$(ls /sys/class/net/docker0/brif 2>/dev/null)" ] && [ "$tries" -lt 50 ]; do
        tries=$((tries + 1))
        sleep 0.2
    done
    if [ -n "$(ls /sys/class/net/docker0/brif 2>/dev/null)" ]; then
        echo "containers are attached to docker0, which keeps its address"
    elif [ -e /sys/class/net/docker0 ]; then
        ip link delete docker0
    fi
}

# Starts docker so that docker0 has the address it had before the installation. Left to itself docker
# makes it anew with the one it has in its books, which is flannel's; told once, it keeps that.
start_docker() {
    former=$(cat "$before/docker0" 2>/dev/null) || former=''
    once=/run/systemd/system/docker.service.d/zz-kwizard-once.conf
    command=$(command_of_docker)
    if [ -n "$former" ] && [ -n "$command" ]; then
        mkdir -p "${once%/*}"
        printf '[Service]\nExecStart=\nExecStart=%s --bip=%s\n' "$command" "$former" >"$once"
        systemctl daemon-reload
    fi
    started=yes
    systemctl start docker.service || started=''
    if [ -e "$once" ]; then
        rm -f "$once"
        rmdir "${once%/*}" 2>/dev/null || true
        systemctl daemon-reload
    fi
    [ -n "$started" ] || fail "docker does not start again; journalctl -u docker tells why"
}

if [ -e "$drop_in" ]; then
    : >"$saved/docker-restart"
fi
if ! command -v dockerd >/dev/null 2>&1; then
    rm -f "$drop_in" "$saved/docker" "$saved/docker-restart"
    echo "docker is not on this host"
    exit 0
fi
tries=0
until answers; do
    # Its containers can be told apart only by itself.
    [ "$tries" -gt 0 ] || systemctl start docker.service ||
        fail "docker does not start, so its containers cannot be looked at; journalctl -u docker tells why"
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || fail "docker was started but does not answer"
    sleep 0.2
done

containers | while read -r id name; do
    docker rm --force --volumes "$id" >/dev/null
    echo "removed the container $name"
done
images | while read -r image; do
    if docker image rm "$image" >/dev/null 2>&1; then
        echo "removed the image $image"
    else
        echo "the image $image stays: another container uses it"
    fi
done

if [ -e "$saved/docker-restart" ]; then
    # Kept on the disk, should this be cut off between stop and start.
    [ -e "$saved/docker-running" ] || docker ps --no-trunc --quiet >"$saved/docker-running"
fi
if [ -e "$drop_in" ]; then
    rm -f "$drop_in"
    rmdir "${drop_in%/*}" 2>/dev/null || true
    systemctl daemon-reload
    echo "removed $drop_in"
fi

held=$(docker ps --all --quiet && docker image ls --quiet && docker volume ls --quiet &&
    docker network ls --quiet --filter type=custom)
if [ -e "$before/noted" ] && was docker.service inactive && ! was docker.service absent && [ -z "$held" ]; then
    stop_docker
    was docker.service enabled || systemctl disable --quiet docker.service 2>/dev/null || true
    ! was docker.socket active || systemctl start docker.socket
    if was containerd.service inactive && ! grep -qs '^# Written by kwizard' /etc/systemd/system/containerd.service; then
        systemctl stop containerd.service 2>/dev/null || true
        empty /var/lib/containerd
        empty /run/containerd
        empty /opt/containerd
    fi
    # What docker makes at its first start. A docker that was used before keeps all it has.
    if [ -z "$(sed -n 's#^name /var/lib/docker/##p' "$before/directories")" ]; then
        empty /var/lib/docker
        empty /etc/docker
        empty /run/docker
        for file in /run/docker.sock /run/docker.pid; do
            was_there "$file" || rm -f "$file"
        done
    fi
    echo "docker was off before, and is off again"
elif [ -e "$saved/docker-restart" ]; then
    stop_docker
    start_docker
    ! was docker.socket active || systemctl start docker.socket
    while read -r container; do
        if [ "$(docker inspect --format '{% raw %}{{.State.Running}}{% endraw %}' "$container" 2>/dev/null)" = false ]; then
            docker start "$container" >/dev/null || echo "could not start container $container again"
        fi
    done <"$saved/docker-running"
    # What docker set up for the subnet it had from flannel.
    now=$(docker network inspect --format '{% raw %}{{range .IPAM.Config}}{{.Subnet}} {{end}}{% endraw %}' bridge)
    iptables -w -t nat -S POSTROUTING 2>/dev/null | grep -- '! -o docker0 -j MASQUERADE' |
        while read -r _ chain _ subnet rest; do
            case " $now" in *" $subnet "*) continue ;; esac
            # shellcheck disable=SC2086
            iptables -w -t nat -D "$chain" -s "$subnet" $rest
        done
    echo "docker runs with its own options; docker0 has $(ip -o -4 addr show dev docker0 | awk '{ print $4 }')"
fi
if was docker.service absent; then
    echo "the packages of docker stay: remove them with the package manager if nobody needs them"
elif was docker.service inactive && systemctl is-active --quiet docker.service; then
    echo "docker was off before, and stays on: it holds containers or images of others"
fi
rm -f "$saved/docker" "$saved/docker-restart" "$saved/docker-running" "$saved/images"
