# Whether the kubelet runs here with the wanted command line, and will again after a reboot where
# systemd keeps it.
set -eu
{% set daemon = "kubelet" %}
{% set line = command(daemon, host) %}
{% set supervisor = cluster.supervisor %}
{% set settings = kubelet_settings %}
{% include "classic/nodes/kubelet.facts.sh" %}

{% include "classic/nodes/kubeconfig.inc.sh" %}
{% include "classic/lib/supervised.sh" %}

{% if not has("kubelet", "--api-servers") %}
if [ "$(cat {{ kubeconfig }} 2>/dev/null)" != "$(kubeconfig_text)" ]; then
    echo "{{ kubeconfig }} is not as wanted"
    exit 1
fi
{% endif %}
as_wanted "$@" || exit 1
echo "kubelet runs as process $(main_pid)"
