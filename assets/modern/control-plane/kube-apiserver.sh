# Starts kube-apiserver, which everything else talks to: with TLS on port 6443, and no way in without a
# certificate or a token.
set -eu
{% set daemon = "kube-apiserver" %}
{% set needed = ["etcd"] %}
{% set settings = ["Type=notify", "TimeoutStartSec=0"] %}
{# Its own certificates it reads again by itself; not whom it trusts in etcd. #}
{% set held = etcd_held %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/put.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% set server = own_api(host) %}
{% include "modern/lib/kubeconfig.inc.sh" %}
{% if cluster.apiserver.audit %}

{% include "modern/control-plane/audit.inc.sh" %}
{% endif %}

# Nobody but the monitor uses it: with this certificate one can look and change nothing.
{% if cluster.apiserver.audit %}
put {{ audit_policy }} 644 "$(policy_text)"
mkdir -p {{ audit_log.rpartition("/")[0] }}
chmod 700 {{ audit_log.rpartition("/")[0] }}
{% endif %}
put {{ monitor }} 600 "$(kubeconfig_text monitor kwizard-monitor)"
put "$unit" 644 "$(unit_text)"
{% include "modern/lib/start.sh" %}
