{# Needs lib/put.sh and lib/unit.inc.sh before it. #}
[ -x {{ bin }}/{{ daemon }} ] || fail "{{ bin }}/{{ daemon }} is missing on this host"

# True when what runs comes from a program that was replaced since.
outdated() {
    pid=$(systemctl show --property=MainPID {{ daemon }}.service | sed 's/^MainPID=//')
    case $(readlink "/proc/$pid/exe" 2>/dev/null) in
        *' (deleted)') return 0 ;;
    esac
    return 1
}

# Started, and not waited for: it starts again each second until what it needs answers, and what
# counts is looked at once, later.
if ! systemctl is-enabled --quiet {{ daemon }}.service 2>/dev/null; then
    systemctl enable --quiet {{ daemon }}.service # systemd reads its units anew by itself then
elif [ -n "$changed" ]; then
    systemctl daemon-reload
fi
state=$(systemctl show --property=ActiveState {{ daemon }}.service | sed 's/^ActiveState=//')
if [ -n "$changed" ] || outdated; then
    systemctl --no-block restart {{ daemon }}.service
    echo "{{ daemon }} is being started"
elif [ "$state" != active ] && [ "$state" != activating ]; then
    systemctl --no-block start {{ daemon }}.service
    echo "{{ daemon }} is being started"
else
    echo "{{ daemon }} is $state already, as wanted"
fi
