# Whether flanneld runs here as wanted, and will again after a reboot.
set -eu
{% set daemon = "flanneld" %}
{% set needed = ["etcd"] %}
{% set settings = ["Type=notify", "TimeoutStartSec=0", "ExecStartPost=/usr/local/lib/kwizard/cni-conflist"] %}
{% include "modern/lib/holds.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/network/flanneld.inc.sh" %}

{% include "modern/network/flanneld.watch.inc.sh" %}

holds "$watch" "$(watch_script)"
holds "$watch_file" "$(watch_unit)"
if ! systemctl is-active --quiet flannel-watch.service; then
    echo "flannel-watch.service does not run"
    exit 1
fi
holds "$conflist" "$(conflist_script)"
holds "$unit" "$(unit_text)"
{% include "modern/lib/runs.sh" %}
