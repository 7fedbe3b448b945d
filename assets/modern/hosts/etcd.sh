# Starts the etcd member of this host. It listens on {{ host.address }} with TLS and takes no client
# and no other member without a certificate of etcd's own authority. Its data is in {{ etcd_data }}.
set -eu
{% set daemon = "etcd" %}
{% set needed = [] %}
{# A member says that it is ready only when there is a quorum: nothing may give up waiting for it. #}
{% set settings = ["Type=notify", "TimeoutStartSec=0"] %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/put.sh" %}

{% include "modern/lib/unit.inc.sh" %}

mkdir -p {{ etcd_data }}
chmod 700 {{ etcd_data }}
printf '%s\n' {{ cluster.name | q }} >/var/lib/etcd/kwizard-cluster
put "$unit" 644 "$(unit_text)"
{% include "modern/lib/start.sh" %}
