# Whether kube-apiserver runs here as wanted, and will again after a reboot.
set -eu
{% set daemon = "kube-apiserver" %}
{% set needed = ["etcd"] %}
{% set settings = ["Type=notify", "TimeoutStartSec=0"] %}
{# Its own certificates it reads again by itself; not whom it trusts in etcd. #}
{% set held = etcd_held %}
{% include "modern/lib/holds.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% set server = own_api(host) %}
{% include "modern/lib/kubeconfig.inc.sh" %}
{% if cluster.apiserver.audit %}

{% include "modern/control-plane/audit.inc.sh" %}
{% endif %}

{% if cluster.apiserver.audit %}
holds {{ audit_policy }} "$(policy_text)"
{% endif %}
holds {{ monitor }} "$(kubeconfig_text monitor kwizard-monitor)"
holds "$unit" "$(unit_text)"
{% include "modern/lib/runs.sh" %}
