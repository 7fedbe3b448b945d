# Starts flanneld, which leases a subnet for this host in etcd and carries packets to the others.
set -eu
{% set daemon = "flanneld" %}
{% set needed = ["etcd"] %}
{% set settings = ["Type=notify", "TimeoutStartSec=0", "ExecStartPost=/usr/local/lib/kwizard/cni-conflist"] %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/put.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/network/flanneld.inc.sh" %}

{% include "modern/network/flanneld.watch.inc.sh" %}

put "$watch" 755 "$(watch_script)"
put "$watch_file" 644 "$(watch_unit)"
if [ -n "$changed" ]; then
    systemctl daemon-reload
    systemctl enable --quiet flannel-watch.service
    systemctl --no-block restart flannel-watch.service
    changed=''
fi
put "$conflist" 755 "$(conflist_script)"
put "$unit" 644 "$(unit_text)"
{% include "modern/lib/start.sh" %}
