{# Needs: daemon. #}
state=$(systemctl show --property=ActiveState {{ daemon }}.service 2>/dev/null | sed 's/^ActiveState=//')
if [ "$state" != active ]; then
    echo "{{ daemon }}.service is ${state:-unknown}"
    exit 1
fi
if ! systemctl is-enabled --quiet {{ daemon }}.service; then
    echo "{{ daemon }}.service does not start at boot"
    exit 1
fi
pid=$(systemctl show --property=MainPID {{ daemon }}.service | sed 's/^MainPID=//')
case $(readlink "/proc/$pid/exe") in
    *' (deleted)')
        echo "{{ daemon }} was replaced by another version and must be started again"
        exit 1
        ;;
esac
echo "{{ daemon }} runs as process $pid"
