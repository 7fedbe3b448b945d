# Whether kwizard's containerd, or what it holds for the kubelet, is left on this host.
set -eu
{% include "reset/containerd.inc.sh" %}

found=$(left)
if [ -n "$found" ]; then
    echo "to be removed: $(printf '%s\n' "$found" | some)"
    exit 1
fi
echo "no containerd of kwizard is here"
