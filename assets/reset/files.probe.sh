# Whether a file that kwizard wrote is left on this host.
set -eu
{% include "reset/files.inc.sh" %}

found=$(left)
if [ -n "$found" ]; then
    count=$(printf '%s\n' "$found" | wc -l)
    echo "to be removed or put back, $count in all: $(printf '%s\n' "$found" | some)"
    exit 1
fi
echo "no file of kwizard is here"
