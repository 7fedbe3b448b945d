# Whether an interface, a route, a rule or a setting of the cluster's network is left on this host.
set -eu
{% include "reset/network.inc.sh" %}

found=$(left)
if [ -n "$found" ]; then
    echo "to be taken back: $(printf '%s\n' "$found" | some)"
    exit 1
fi
echo "nothing of the cluster's network is here"
