{# Needs: daemon, needed (units it is started after), settings (lines of its [Service]). #}
unit_text() {
    cat <<'UNIT'
# Written by kwizard, which overwrites what is changed here.
[Unit]
Description={{ daemon }} of cluster {{ cluster.name }}
After=network-online.target{% for unit in needed %} {{ unit }}.service{% endfor %}

Wants=network-online.target
StartLimitIntervalSec=0

[Service]
{% for setting in settings %}
{{ setting | own }}
{% endfor %}
ExecStart={{ command(daemon, host) }}
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
UNIT
}
unit=/etc/systemd/system/{{ daemon }}.service
