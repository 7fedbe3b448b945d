# Which daemons run here, as systemd units, as plain processes, or (etcd) as a container.
# Changes nothing.
set -u
{% include "section.inc.sh" %}

# By its cgroup. Where the whole host is a container, its first process says so, and nothing is told.
contained() {
    while IFS= read -r line; do
        case $line in
            */docker/* | */docker-*.scope | *kubepods* | *cri-containerd* | *libpod*) return 0 ;;
        esac
    done 2>/dev/null <"/proc/$1/cgroup"
    return 1
}

# Name, pid and start (in ticks since boot) of every watched daemon, and "container" for those that
# live in one. No process is started for each of the host's own: only `read`.
processes() {
    for place in /proc/[0-9]*; do
        { IFS= read -r comm <"$place/comm"; } 2>/dev/null || continue
        # The kernel keeps 15 characters of a name.
        case $comm in
            kube-controller) daemon=kube-controller-manager ;;
            {{ processes | join(" | ") }}) daemon=$comm ;;
            *) continue ;;
        esac
        { IFS= read -r line <"$place/stat"; } 2>/dev/null || continue
        # A thread's or a program's name may hold blanks: count from behind the last bracket.
        # shellcheck disable=SC2086 # the rest are numbers, to be split
        set -- ${line##*) }
        start=${20} where=host
        if contained "${place#/proc/}" && ! contained 1; then where=container; fi
        printf '%s %s %s %s\n' "$daemon" "${place#/proc/}" "$start" "$where"
    done
}

section clock date +%s
section uptime cat /proc/uptime
section ticks getconf CLK_TCK
section processes processes
section units within 10 systemctl show --property=Id,LoadState,ActiveState,SubState,MainPID,NRestarts,ActiveEnterTimestampMonotonic \
    {{ units | join(".service ") }}.service
section etcd quiet within 10 docker inspect '{{ etcd }}'
