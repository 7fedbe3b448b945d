# Whether docker holds anything of kwizard's, or runs with its options.
set -eu
{% include "reset/docker.inc.sh" %}

found=$(left)
if [ -n "$found" ]; then
    echo "to be removed: $(printf '%s\n' "$found" | some)"
    exit 1
fi
echo "docker holds nothing of kwizard"
