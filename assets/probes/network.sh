# Looks at what carries packets between containers of different hosts: flannel, the bridge,
# forwarding, firewall. Changes nothing.
set -u
{% include "section.inc.sh" %}

# Pid and command line of the first process of that name.
command_of() {
    for place in /proc/[0-9]*; do
        { IFS= read -r comm <"$place/comm"; } 2>/dev/null || continue
        [ "$comm" = "$1" ] || continue
        printf '%s ' "${place#/proc/}"
        tr '\000' ' ' <"$place/cmdline"
        return 0
    done
    return 1
}

# A unit logs to the journal; a flanneld that nohup keeps has a log file.
flannel_log() {
    if within 5 systemctl cat flanneld.service >/dev/null 2>&1; then
        within 10 journalctl -u flanneld -n 60 --no-pager -o cat
    else
        tail -n 60 /var/log/flanneld.log
    fi
}

# busybox's ip knows no -d.
links() { within 5 ip -o -d link 2>/dev/null || within 5 ip -o link; }

section links links
section addresses within 5 ip -o -4 addr
section routes within 5 ip -4 route
section ip-forward cat /proc/sys/net/ipv4/ip_forward

section subnet-env cat /run/flannel/subnet.env
section flanneld command_of flanneld
section flannel-log flannel_log

section docker-bridge quiet within 10 docker network inspect bridge
section dockerd command_of dockerd

section cni-config cat /etc/cni/net.d/10-kwizard.conflist

section forward within 5 iptables -w -S FORWARD
section flannel-forward within 5 iptables -w -S FLANNEL-FWD

section firewall-state within 10 firewall-cmd --state
section firewall-default within 10 firewall-cmd --get-default-zone
section firewall-zones within 20 firewall-cmd --list-all-zones

section sockets within 10 ss -lntup
