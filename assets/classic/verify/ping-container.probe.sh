# Whether the container to ping from runs.
set -eu
{% include "classic/verify/ping-container.inc.sh" %}
{% raw %}
found=$(docker inspect --format '{{.State.Running}} {{index .Config.Labels "kwizard.made-of"}}' kwizard-ping 2>/dev/null) || found=''
{% endraw %}
if [ "$found" != "true $made_of" ]; then
    echo "the container kwizard-ping does not run"
    exit 1
fi
echo "the container kwizard-ping runs"
