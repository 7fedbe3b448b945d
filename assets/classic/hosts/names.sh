# Writes the names of all hosts into /etc/hosts: the API server dials nodes by name for logs and
# exec, and there need be no DNS. The block stands first, before lines such as Debian's
# "127.0.1.1 name" that would answer for this host with an address nobody else can use.
set -eu
{% include "classic/hosts/names.inc.sh" %}

if [ "$(head -n "$(wanted | wc -l)" /etc/hosts 2>/dev/null)" = "$(wanted)" ]; then
    echo "/etc/hosts has the names already"
    exit 0
fi
{% include "common/keep.sh" %}

keep /etc/hosts
rest=$(sed '/^# kwizard: hosts of /,/^# kwizard: end$/d' /etc/hosts 2>/dev/null || true)
# Written in place: in a container the file may be a mount, and a label on it should stay.
{
    wanted
    printf '%s\n' "$rest"
} >/etc/hosts.kwizard
cat /etc/hosts.kwizard >/etc/hosts
rm -f /etc/hosts.kwizard
echo "/etc/hosts names {{ cluster.hosts | length }} hosts"
