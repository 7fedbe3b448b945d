# Whether a pod, or what was mounted for one, is left on this host.
set -eu
{% include "reset/pods.inc.sh" %}

found=$(left)
if [ -n "$found" ]; then
    echo "to be ended: $(printf '%s\n' "$found" | some)"
    exit 1
fi
echo "no pod is here"
