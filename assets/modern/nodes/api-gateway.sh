# Starts this host's own way to the API: a TCP proxy on 127.0.0.1 in front of every API server, so that
# what runs here reaches the API whichever of them is lost. It sees TLS only, and holds no key. It is
# the gateway that is part of etcd; the name of its own tells it from a member. A watch beside it has
# connections to a silent host given up.
set -eu
{% set daemon = gateway %}
{% set needed = [] %}
{# It says the same each second for as long as a server is away. #}
{% set settings = ["Type=notify", "LogRateLimitIntervalSec=10min", "LogRateLimitBurst=30"] %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/put.sh" %}

{% include "modern/lib/unit.inc.sh" %}

{% include "modern/nodes/api-gateway.watch.inc.sh" %}

put "$watch" 755 "$(watch_script)"
put "$watch_file" 644 "$(watch_unit)"
if [ -n "$changed" ]; then
    systemctl daemon-reload
    systemctl enable --quiet api-gateway-watch.service
    systemctl --no-block restart api-gateway-watch.service
    changed=''
fi
keep {{ bin }}/{{ gateway }}
[ "$(readlink {{ bin }}/{{ gateway }})" = etcd ] || ln -sfn etcd {{ bin }}/{{ gateway }}
put "$unit" 644 "$(unit_text)"
{% include "modern/lib/start.sh" %}
