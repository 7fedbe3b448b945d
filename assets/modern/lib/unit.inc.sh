{# Needs: daemon, needed (units it is started after), settings (lines of its [Service]). May have
   held: certificates in {{ pki }} that it reads at its start, and later not at all or minutes late. #}
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
{% if held is defined and held %}
    # What it was started with. After another one was put there it must be started again.
    echo "# Certificate: $(cd {{ pki }} && sha256sum {{ held | words }} 2>/dev/null | sha256sum | cut -c 1-32)"
{% endif %}
}
unit=/etc/systemd/system/{{ daemon }}.service
