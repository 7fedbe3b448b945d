{% if flannel_in_kube %}
# Starts flanneld, which learns from Kubernetes which subnet each node was given, and carries packets
# between them.
{% else %}
# Starts flanneld, which leases a subnet for this host in etcd and carries packets to the others.
{% endif %}
set -eu
{% set daemon = "flanneld" %}
{% set of_api = (["kube-apiserver"] if "control-plane" in host.roles else []) + ([gateway] if gateway else []) %}
{% set needed = of_api if flannel_in_kube else ["etcd"] %}
{% set place = ["Environment=NODE_NAME=" ~ host.name] + failover | list if flannel_in_kube else [] %}
{# Where the API does not answer, flanneld waits longer after each try, up to 30 s; begun anew, it asks at once. #}
{% set patience = "TimeoutStartSec=" ~ (20 if flannel_in_kube else 0) %}
{% set settings = ["Type=notify", patience, "ExecStartPost=/usr/local/lib/kwizard/cni-conflist"] + place %}
{% set held = ["flanneld.crt"] if flannel_in_kube else ["etcd-ca.crt", "etcd-client.crt"] %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/put.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/network/flanneld.inc.sh" %}

{% if flannel_in_kube %}
{% include "modern/lib/kubeconfig.inc.sh" %}

put {{ flannel_file }} 644 {{ flannel_config }}
put /etc/kubernetes/flanneld.kubeconfig 600 "$(kubeconfig_text flanneld {{ flanneld_user }})"
{% else %}
{% include "modern/network/flanneld.watch.inc.sh" %}

put "$watch" 755 "$(watch_script)"
put "$watch_file" 644 "$(watch_unit)"
if [ -n "$changed" ]; then
    case $(systemctl show --property=LoadState --property=NeedDaemonReload flannel-watch.service) in
        *=yes* | *=not-found* | *=error*) systemctl daemon-reload ;;
    esac
    systemctl --quiet --no-reload enable flannel-watch.service
    systemctl --no-block restart flannel-watch.service
    changed=''
fi
{% endif %}
keep {{ cni_config }}
put "$conflist" 755 "$(conflist_script)"
put "$unit" 644 "$(unit_text)"
{% include "modern/lib/start.sh" %}
