{# Needs: daemon, line (its command line), supervisor, settings (lines for the unit's [Service]);
   the arguments that only this host needs are in "$@" already. Sets "$@" to the whole command. #}
{% if supervisor == "nohup" %}
set -- {{ line }} "$@"
pid_file=/run/kwizard/{{ daemon }}.pid

main_pid() {
    cat "$pid_file" 2>/dev/null || echo 0
}
{% else %}
set -- /usr/bin/{{ line }} "$@"
unit=/etc/systemd/system/{{ daemon }}.service

main_pid() {
    systemctl show --property=MainPID {{ daemon }}.service 2>/dev/null | sed 's/^MainPID=//'
}

# The unit file that starts the given command line.
unit_text() {
    line=$1
    shift
    for argument in "$@"; do
        line="$line \\
    $argument"
    done
    cat <<UNIT
# Written by kwizard, which overwrites what is changed here.
[Unit]
Description={{ daemon }} of cluster {{ cluster.name }}
After=network.target docker.service
StartLimitIntervalSec=0

[Service]
ExecStart=$line
Restart=always
RestartSec=2
{% for setting in settings %}
{{ setting }}
{% endfor %}

[Install]
WantedBy=multi-user.target
UNIT
}
{% endif %}

# Succeeds when process $1 runs the rest of the arguments, from a program that was not replaced
# since; otherwise prints why not.
runs() {
    process=$1
    shift
    if [ "${process:-0}" = 0 ] || [ ! -r "/proc/$process/cmdline" ]; then
        echo "{{ daemon }} does not run"
        return 1
    fi
    if [ "$(tr '\0' '\n' <"/proc/$process/cmdline")" != "$(printf '%s\n' "$@")" ]; then
        echo "{{ daemon }} runs with other arguments"
        return 1
    fi
    case $(readlink "/proc/$process/exe") in
        *' (deleted)')
            echo "{{ daemon }} was replaced by another version and must be started again"
            return 1
            ;;
    esac
}

as_wanted() {
{% if supervisor != "nohup" %}
    if [ ! -e "$unit" ]; then
        echo "there is no unit $unit yet"
        return 1
    fi
    if [ "$(cat "$unit")" != "$(unit_text "$@")" ]; then
        echo "$unit is not as wanted"
        return 1
    fi
    if ! systemctl is-enabled --quiet {{ daemon }}.service 2>/dev/null; then
        echo "{{ daemon }}.service is not enabled"
        return 1
    fi
{% endif %}
    runs "$(main_pid)" "$@"
}
