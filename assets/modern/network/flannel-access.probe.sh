# Whether flanneld may see and mark nodes.
set -eu
{% include "modern/lib/monitor.sh" %}

for kind in clusterrole clusterrolebinding; do
    if ! look get "$kind" {{ flanneld_user }} -o name >/dev/null; then
        echo "the $kind {{ flanneld_user }} is not there, or the API does not answer"
        exit 1
    fi
done
echo "flanneld may see and mark nodes"
