{# Needs lib/put.sh and lib/unit.inc.sh before it. #}
[ -x {{ bin }}/{{ daemon }} ] || fail "{{ bin }}/{{ daemon }} is missing on this host"

# Started, and not waited for: it starts again each second until what it needs answers, and what
# counts is looked at once, later. systemd reads a unit it did not know by itself; it is told to read
# all of them anew only where it knows this one otherwise: as it was, or from another place; or where
# it could not read it (LoadState=error): it does not while it remembers one of that name that failed
# and whose file was taken away.
state=$(systemctl show --property=LoadState --property=FragmentPath --property=ActiveState \
    --property=MainPID --property=NeedDaemonReload {{ daemon }}.service)
case $state in
    *NeedDaemonReload=yes* | *LoadState=error*) systemctl daemon-reload ;;
    *"FragmentPath=$unit"*) ;;
    *) systemctl daemon-reload ;;
esac
pid=${state#*MainPID=}
pid=${pid%%[!0-9]*}
# Also when what runs comes from a program that was replaced since.
case $changed$(readlink "/proc/$pid/exe" 2>/dev/null) in
    yes* | *' (deleted)') restart=yes ;;
    *) restart='' ;;
esac
case $restart$state in
    *ActiveState=active* | *ActiveState=activating*)
        systemctl --quiet --no-reload enable {{ daemon }}.service
        if [ -n "$restart" ]; then
            systemctl --no-block restart {{ daemon }}.service
            echo "{{ daemon }} is being started again"
        else
            echo "{{ daemon }} runs already, as wanted"
        fi
        ;;
    *)
        systemctl --quiet --no-reload --no-block enable --now {{ daemon }}.service
        echo "{{ daemon }} is being started"
        ;;
esac
