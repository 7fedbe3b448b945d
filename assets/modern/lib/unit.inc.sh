{# firewalld counts as started half a second (on a busy host some seconds) before its rules are in force;
   it answers on the bus when they are. A connection made in between is unknown to those rules: what the
   other side sends on it is refused until this side has something to say. Members of etcd that found each
   other so had no leader for up to 50 s. #}
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
# Not before firewalld's rules are in force, where it runs (systemd has that link for what runs).
ExecStartPre=-/bin/sh -c '[ ! -L /run/systemd/units/invocation:firewalld.service ] || busctl --auto-start=no --timeout=20 call org.fedoraproject.FirewallD1 / org.freedesktop.DBus.Peer Ping >/dev/null 2>&1'
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
