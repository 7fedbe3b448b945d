# Notes how this host is before anything of it is changed, so that a reset can put it back: what runs
# and starts at boot, settings of the kernel that daemons change, interfaces, firewalls, and which
# directories hold what. Once: what a later run would see is not what was there before.
set -eu
before=/var/lib/kwizard/saved/before

if [ -e "$before/noted" ]; then
    echo "noted by an earlier run"
    exit 0
fi
umask 077
rm -rf "$before"
mkdir -p "$before"

# Programs that an earlier reset left here were not here before kwizard either.
kept=/var/lib/kwizard/kept
if [ -d "$kept" ]; then
    cat "$kept/written" >>"${before%/*}/written"
    cat "$kept/made" >>"${before%/*}/made"
    cp -a "$kept/files" "${before%/*}/"
    rm -rf "$kept"
fi

# Units: NAME ENABLED ACTIVE. Some may be started that were off, some replaced by units of kwizard.
set -- docker.service docker.socket containerd.service{% for daemon in daemons %} {{ daemon }}.service{% endfor %}

active=$(systemctl is-active "$@" 2>/dev/null | tr '\n' ' ') || true
systemctl list-unit-files --no-legend --no-pager "$@" 2>/dev/null |
    awk -v units="$*" -v active="$active" '
        { enabled[$1] = $2 }
        END {
            count = split(units, unit, " ")
            split(active, state, " ")
            for (i = 1; i <= count; i++)
                print unit[i], (unit[i] in enabled ? enabled[unit[i]] : "absent"), state[i]
        }' >"$before/units"

# Settings of the kernel: PATH VALUE.
# (The shell's own read takes one byte at a time, and the kernel gives only the first so.)
(cd /proc/sys && grep -sH . {{ settings | words }} | sed 's/:/ /') >"$before/settings"

ls /sys/class/net >"$before/interfaces" 2>/dev/null || true
ip -o -4 addr show dev docker0 2>/dev/null | awk '{ print $4; exit }' >"$before/docker0" || true

# Tables and chains of the packet filter: COMMAND TABLE CHAIN POLICY.
for command in iptables ip6tables; do
    ! command -v "$command-save" >/dev/null 2>&1 || "$command-save" 2>/dev/null | awk -v command="$command" '
        /^\*/ { table = substr($1, 2) }
        /^:/ { print command, table, substr($1, 2), $2 }'
done >"$before/chains"

# What lies where daemons put things: each directory with its mode and owner, and each name in it.
set --
for directory in {{ directories | words }}; do
    [ ! -d "$directory" ] || set -- "$@" "$directory"
done
{
    stat -c 'directory %n %a %u %g' "$@"
    find "$@" -mindepth 1 -maxdepth 1 | sed 's/^/name /'
} >"$before/directories"

{% include "common/firewalld.sh" %}
if command -v firewall-cmd >/dev/null 2>&1 && systemctl is-active --quiet firewalld.service; then
    for when in now later; do
        let_through "$when" >"$before/firewalld-$when"
        firewall "$when" --list-all-zones >"$before/zones-$when" 2>/dev/null
    done
fi
if [ -d /etc/firewalld ]; then
    cp -a /etc/firewalld "$before/etc-firewalld"
fi

# Written last: a note that was cut off is begun anew, and nothing was changed before it was whole.
: >"$before/noted"
echo "how this host is now is noted in /var/lib/kwizard/saved"
