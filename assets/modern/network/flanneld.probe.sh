# Whether flanneld runs here as wanted, and will again after a reboot.
set -eu
{% set daemon = "flanneld" %}
{% set needed = ["etcd"] %}
{% set settings = ["Type=notify", "TimeoutStartSec=0", "ExecStartPost=/usr/local/lib/kwizard/cni-conflist"] %}
{% include "modern/lib/holds.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/network/flanneld.inc.sh" %}

holds "$conflist" "$(conflist_script)"
holds "$unit" "$(unit_text)"
{% include "modern/lib/runs.sh" %}
