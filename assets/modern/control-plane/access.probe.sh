# Whether the roles are there; only who has the monitor's can see that.
set -eu
{% include "modern/lib/monitor.sh" %}

for name in kwizard:apiserver-to-kubelet kwizard:monitor{{ " kwizard:ask-for-certificate kwizard:approve-first-certificate kwizard:approve-renewed-certificate" | own if joins_by_token }}; do
    look get clusterrolebinding "$name" -o name >/dev/null || {
        heard $?
        echo "the role binding $name is not there, or the API does not answer"
        exit 1
    }
done
echo "the role bindings are there"
