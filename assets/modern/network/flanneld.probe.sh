# Whether flanneld runs here as wanted, and will again after a reboot.
set -eu
{% set daemon = "flanneld" %}
{% set of_api = (["kube-apiserver"] if "control-plane" in host.roles else []) + ([gateway] if gateway else []) %}
{% set needed = of_api if flannel_in_kube else ["etcd"] %}
{% set place = ["Environment=NODE_NAME=" ~ host.name] + failover | list if flannel_in_kube else [] %}
{% set patience = "TimeoutStartSec=" ~ (20 if flannel_in_kube else 0) %}
{% set settings = ["Type=notify", patience, "ExecStartPost=/usr/local/lib/kwizard/cni-conflist"] + place %}
{% set held = ["flanneld.crt"] if flannel_in_kube else ["etcd-ca.crt", "etcd-client.crt"] %}
{% include "modern/lib/holds.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/network/flanneld.inc.sh" %}

{% if flannel_in_kube %}
{% include "modern/lib/kubeconfig.inc.sh" %}

holds {{ flannel_file }} {{ flannel_config }}
holds /etc/kubernetes/flanneld.kubeconfig "$(kubeconfig_text flanneld {{ flanneld_user }})"
{% else %}
{% include "modern/network/flanneld.watch.inc.sh" %}

holds "$watch" "$(watch_script)"
holds "$watch_file" "$(watch_unit)"
if ! systemctl is-active --quiet flannel-watch.service; then
    echo "flannel-watch.service does not run"
    exit 1
fi
{% endif %}
holds "$conflist" "$(conflist_script)"
holds "$unit" "$(unit_text)"
{% include "modern/lib/runs.sh" %}
