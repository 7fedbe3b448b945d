"""Everything a host is, as lines that can be compared: its disk, its network, its packet filter,
what is mounted, what starts at boot. Left out are logs, the kernel's own file systems, and what a
login leaves (systemd's records of units and sessions in /run, the message of the day)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from tests.lab.site import NAMES, Site

SCRIPT = r"""
export LC_ALL=C
section() { printf '== %s\n' "$1"; }
kept="-path /var/log -o -path /run/log -o -path /proc -o -path /sys -o -path /dev"
kept="$kept -o -path /run/systemd -o -path /run/user -o -path /run/motd.dynamic"
section files
for root in / /run /var/lib/docker /var/lib/containerd /var/lib/kubelet /var/lib/etcd; do
    find "$root" -xdev \( $kept \) -prune -o -type f -printf '%p|%y|%m|%U:%G|%s\n' \
        -o -printf '%p|%y|%m|%U:%G|%l\n'
done | sort -u
section sums
# What the host's image holds below /usr is known by its sizes; what was touched since is read.
boot=$(stat -c %Y /proc/1)
for root in / /run /var/lib/docker /var/lib/containerd /var/lib/kubelet /var/lib/etcd; do
    find "$root" -xdev \( $kept \) -prune -o -type f \
        \( -not -path '/usr/*' -o -newerct "@$boot" \) -print0
done | xargs -0 sha256sum 2>/dev/null | sort -u
section links
ip -o link | grep -v veth | sed -e 's/^[0-9]*: //' -e 's/@.*: </: </' \
    -e 's/link-netnsid [0-9]*//' -e 's/02:42:[0-9a-f:]*/docker/'
section addresses
# An address is tentative in its first second only, while the kernel asks whether another has it.
ip -o addr | grep -v -e veth -e 'docker0 *inet6' |
    sed -e 's/ tentative//' -e 's/^[0-9]*: //' -e 's/\\.*//'
section routes
ip route
ip -6 route | grep -v '^fe80'
section iptables
for command in iptables ip6tables; do
    $command-save 2>/dev/null | grep -v '^#' | sed 's/\[[0-9:]*\]//'
done
section nftables
nft list ruleset 2>/dev/null | sed -e '/^table inet firewalld {$/,/^}$/d' -e '/^#/d' \
    -e 's/counter packets [0-9]* bytes [0-9]*/counter/'
section firewalld
if systemctl is-active --quiet firewalld; then
    for when in '' --permanent; do
        firewall-cmd $when --list-all-zones | awk -v when="$when" '/^[^ ]/ { zone = $1 }
            /^ / { print when, zone, $0 }'
    done
fi
section mounts
awk '$5 !~ "^/run/user/" { print $5, $9, $10 }' /proc/self/mountinfo
section units
systemctl list-unit-files --no-legend --no-pager | awk '{ print $1, $2 }'
section active
systemctl list-units --no-legend --no-pager --plain --type=service,socket,timer --state=active |
    awk '$1 !~ /^user(-runtime-dir)?@/ { print $1, $4 }'
section failed
systemctl list-units --no-legend --no-pager --plain --state=failed | awk '{ print $1 }'
section settings
sysctl net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.ipv4.conf.all.route_localnet \
    net.ipv4.conf.host0.route_localnet net.bridge 2>/dev/null
section docker
if systemctl is-active --quiet docker; then
    docker network inspect bridge \
        --format '{{range .IPAM.Config}}{{.Subnet}}{{end}} {{json .Options}}'
    docker image ls --format '{{.Repository}}:{{.Tag}}'
    docker ps --all --format '{{.Names}} {{.State}}'
fi
section netns
ls /run/netns 2>/dev/null
section groups
find /sys/fs/cgroup -maxdepth 4 -name 'kubepods*' 2>/dev/null
section processes
ps -eo args= | grep -v -e '^ps ' -e '^\[' -e '^sort' -e '^sh -c' -e '^sh ' -e '^awk' \
    -e sshd -e systemd -e sd-pam
true
"""

Footprint = dict[str, list[str]]
NOTHING: Mapping[str, str] = {}


def footprint(site: Site, host: str) -> Footprint:
    """The lines of each section."""
    out: Footprint = {}
    done = site.lab.run(host, ["sh", "-s"], input=SCRIPT, timeout=120)
    assert done.returncode == 0, done.stderr
    section: list[str] = []
    for line in done.stdout.splitlines():
        if line.startswith("== "):
            section = out.setdefault(line[3:], [])
        elif line.strip():
            section.append(line.rstrip())
    return out


def footprints(site: Site) -> dict[str, Footprint]:
    """All hosts'."""
    with ThreadPoolExecutor() as pool:
        return dict(zip(NAMES, pool.map(lambda name: footprint(site, name), NAMES), strict=True))


def differences(
    before: Footprint, after: Footprint, allowed: Mapping[str, str] = NOTHING
) -> list[str]:
    """What is not as before, as `SECTION: +LINE` or `SECTION: -LINE`; `allowed` holds patterns of
    such texts that do not count, and why."""
    out = []
    for section in before.keys() | after.keys():
        then, now = set(before.get(section, ())), set(after.get(section, ()))
        for sign, lines in (("-", then - now), ("+", now - then)):
            for line in sorted(lines):
                text = f"{section}: {sign}{line}"
                if not any(re.search(pattern, text) for pattern in allowed):
                    out.append(text)
    return sorted(out)
