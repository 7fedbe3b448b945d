# Whether containerd runs here as wanted, and will again after a reboot.
set -eu
{% set daemon = "containerd" %}
{% set needed = [] %}
{% set settings = ["Type=notify", "TimeoutStartSec=0", "Delegate=yes", "KillMode=process", "OOMScoreAdjust=-999", "TasksMax=infinity", "Environment=PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"] %}
{% include "modern/lib/holds.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/nodes/containerd.inc.sh" %}

holds /etc/containerd/config.toml "$(config_text)"
holds "$unit" "$(unit_text)"
{% include "modern/lib/runs.sh" %}
