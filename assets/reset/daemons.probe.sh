# Whether a daemon of kwizard is left on this host.
set -eu
{% include "reset/daemons.inc.sh" %}

found=$(left | sort -u)
if [ -n "$found" ]; then
    echo "to be stopped: $(printf '%s\n' "$found" | some)"
    exit 1
fi
echo "no daemon of kwizard is here"
