# Whether flanneld may see and mark nodes.
set -eu
{% include "modern/lib/monitor.sh" %}

for kind in clusterrole clusterrolebinding; do
    look get "$kind" {{ flanneld_user }} -o name >/dev/null || {
        heard $?
        echo "the $kind {{ flanneld_user }} is not there, or the API does not answer"
        exit 1
    }
done
echo "flanneld may see and mark nodes"
