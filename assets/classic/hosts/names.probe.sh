# Whether /etc/hosts begins with the names of all hosts.
set -eu
{% include "classic/hosts/names.inc.sh" %}

if [ "$(head -n "$(wanted | wc -l)" /etc/hosts 2>/dev/null)" != "$(wanted)" ]; then
    echo "/etc/hosts does not begin with the names of the hosts"
    exit 1
fi
echo "/etc/hosts names {{ cluster.hosts | length }} hosts"
