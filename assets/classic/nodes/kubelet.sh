# Starts the kubelet, which registers this host as a node and runs its pods on docker.
set -eu
{% set daemon = "kubelet" %}
{% set line = command(daemon, host) %}
{% set supervisor = cluster.supervisor %}
{% set settings = kubelet_settings %}
{% set port = 10248 %}
{% include "classic/lib/say.sh" %}

{% include "classic/nodes/kubelet.facts.sh" %}

{% include "classic/nodes/kubeconfig.inc.sh" %}
{% include "classic/lib/supervised.sh" %}

{% include "classic/lib/listens.sh" %}

{% if not has("kubelet", "--api-servers") %}
{% set keeps = true %}
{% include "common/keep.sh" %}

if [ "$(cat {{ kubeconfig }} 2>/dev/null)" != "$(kubeconfig_text)" ]; then
    keep {{ kubeconfig }}
    mkdir -p "$(dirname {{ kubeconfig }})"
    kubeconfig_text >{{ kubeconfig }}.new
    mv -f {{ kubeconfig }}.new {{ kubeconfig }}
    again=yes
fi

{% endif %}
{% include "classic/lib/start.sh" %}
