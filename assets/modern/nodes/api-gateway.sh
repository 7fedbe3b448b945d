# Starts this host's own way to the API: a TCP proxy on 127.0.0.1 in front of every API server, so that
# what runs here reaches the API whichever of them is lost. It sees TLS only, and holds no key. It is
# the gateway that is part of etcd; the name of its own tells it from a member.
set -eu
{% set daemon = gateway %}
{% set needed = [] %}
{# It says the same each second for as long as a server is away. #}
{% set settings = ["Type=notify", "LogRateLimitIntervalSec=10min", "LogRateLimitBurst=30"] %}
{% include "modern/lib/say.sh" %}

{% include "modern/lib/put.sh" %}

{% include "modern/lib/unit.inc.sh" %}

[ "$(readlink {{ bin }}/{{ gateway }})" = etcd ] || ln -sfn etcd {{ bin }}/{{ gateway }}
put "$unit" 644 "$(unit_text)"
{% include "modern/lib/start.sh" %}
