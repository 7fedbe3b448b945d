# Starts containerd, which runs what the kubelet asks for. Its containers live on when it is started
# again (KillMode=process).
set -eu
{% set daemon = "containerd" %}
{% set needed = [] %}
{% set settings = ["Type=notify", "TimeoutStartSec=0", "Delegate=yes", "KillMode=process", "OOMScoreAdjust=-999", "TasksMax=infinity", "Environment=PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"] %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/put.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/nodes/containerd.inc.sh" %}

command -v runc >/dev/null 2>&1 || fail "runc is missing on this host: install it from the distribution's packages"
# containerd makes that directory when it starts.
keep {{ cni_config }}
put /etc/containerd/config.toml 644 "$(config_text)"
put "$unit" 644 "$(unit_text)"
{% include "modern/lib/start.sh" %}
