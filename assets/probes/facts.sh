# Looks at a host before anything is done to it: system, resources, network, docker, firewall, ports
# in use, programs already there. Changes nothing.
set -u
{% include "section.inc.sh" %}

conntrack_mode() {
    file=/proc/sys/net/netfilter/nf_conntrack_max
    [ -e "$file" ] || { echo absent; return; }
    # root may "write" a 0444 sysctl for some shells' test -w: the mode tells.
    mode=$(ls -l "$file")
    case $mode in
        -?w*) if [ -w "$file" ]; then echo writable; else echo read-only; fi ;;
        *) echo read-only ;;
    esac
}

container_kind() {
    if command -v systemd-detect-virt >/dev/null 2>&1; then
        systemd-detect-virt || true
    elif [ -f /.dockerenv ]; then
        echo docker
    elif [ -r /run/systemd/container ]; then
        cat /run/systemd/container
    else
        echo unknown
    fi
}

# busybox's ip knows no -d.
links() { within 5 ip -o -d link 2>/dev/null || within 5 ip -o link; }
has_tun() { [ -c /dev/net/tun ]; }
has_systemd() { [ -d /run/systemd/system ]; }
owner() { id -u && printf '%s\n' "${SUDO_USER:-}"; }
cpus() { grep -c '^processor' /proc/cpuinfo || getconf _NPROCESSORS_ONLN; }

section clock date +%s
section owner owner
section hostname uname -n
section os cat /etc/os-release
section kernel uname -r
section arch uname -m
section cpus cpus
section memory grep -E '^(MemTotal|MemAvailable|SwapTotal):' /proc/meminfo
section disk-root within 5 df -Pk /
section disk-var within 5 df -Pk /var
section virtualisation container_kind
section systemd has_systemd
section systemd-state within 5 systemctl is-system-running
section selinux getenforce
section mounts grep -E ' cgroup2? ' /proc/mounts
section machine-id cat /etc/machine-id

section links links
section addresses within 5 ip -o -4 addr
section routes within 5 ip -4 route
section proc-route cat /proc/net/route

section docker-program within 10 docker --version
section docker-info within 10 docker info
section docker-bridge quiet within 10 docker network inspect bridge
section containerd within 5 containerd --version

section firewall-state within 10 firewall-cmd --state
section firewall-default within 10 firewall-cmd --get-default-zone
section firewall-zones within 20 firewall-cmd --list-all-zones

if command -v ss >/dev/null 2>&1; then
    section sockets within 10 ss -lntup
else
    section proc-tcp grep -h ' 0A ' /proc/net/tcp /proc/net/tcp6
    section proc-udp grep -h ' 07 ' /proc/net/udp /proc/net/udp6
fi

for program in {{ programs | join(" ") }}; do
    if command -v "$program" >/dev/null 2>&1; then
        section "program/$program" within 10 "$program" --version
    fi
done

section conntrack conntrack_mode
section tun has_tun
section clock-after date +%s
