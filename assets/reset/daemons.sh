# Ends what kwizard runs on this host, whatever state it is in: jobs of an installation that was cut
# off, then the daemons, and takes their units away. Where a unit of the same name was here before,
# it is put back. Logs stay: /var/log, and what is in systemd's journal.
set -eu
{% include "reset/daemons.inc.sh" %}

{% include "job/boot.sh" %}

# A job of an installation that was cut off would go on changing this host. Those that come after this
# one are of its own group.
own_group=
read -r own_group <"${KWIZARD_JOB_DIR%/files}/pgid" || true
for job in /var/lib/kwizard/jobs/*; do
    [ -s "$job/pid" ] || continue
    [ ! -s "$job/exit" ] || continue
    boot='' pid='' start='' group=''
    read -r boot <"$job/boot_id" || true
    read -r pid start <"$job/pid" || true
    read -r group <"$job/pgid" || true
    [ "$boot" = "$job_boot" ] || continue
    [ -n "$group" ] && [ "$group" != "$own_group" ] || continue
    job_alive "$pid" "$start" 2>/dev/null || continue
    echo "ending the job ${job##*/}"
    kill -TERM "-$group" 2>/dev/null || true
    tries=0
    while kill -0 "-$group" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 50 ] || kill -KILL "-$group" 2>/dev/null || true
        sleep 0.1
    done
done

units=$(daemon_units)
still_active() {
    for unit in $units; do
        case $(systemctl show --property=ActiveState "$unit" 2>/dev/null) in
            ActiveState=inactive | ActiveState=failed) ;;
            *) echo "$unit" ;;
        esac
    done
}
# All together, and without waiting for each other. What one of them would still have to say to
# another is of no use to anybody now, so after 5 s they are killed.
if [ -n "$units" ]; then
    # shellcheck disable=SC2086
    systemctl disable --quiet $units 2>/dev/null || true
    # shellcheck disable=SC2086
    systemctl --no-block stop $units
    tries=0
    while active=$(still_active) && [ -n "$active" ]; do
        tries=$((tries + 1))
        [ "$tries" -le 150 ] || fail "does not stop: $(echo "$active" | some)"
        if [ "$tries" = 25 ]; then
            # shellcheck disable=SC2086
            systemctl kill --signal=KILL $active 2>/dev/null || true
        fi
        sleep 0.2
    done
    for unit in $units; do
        echo "stopped $unit"
        put_back "/etc/systemd/system/$unit"
    done
    systemctl daemon-reload
    for unit in $units; do
        systemctl reset-failed "$unit" 2>/dev/null || true
        if was "$unit" enabled; then systemctl enable --quiet "$unit" || true; fi
    done
fi

# What was started with nohup, or lives on without its unit.
processes | while read -r process name; do
    kill "$process" 2>/dev/null || true
    tries=0
    while [ -e "/proc/$process" ] && [ "$(readlink "/proc/$process/exe" 2>/dev/null)" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 50 ] || kill -KILL "$process" 2>/dev/null || true
        [ "$tries" -lt 100 ] || fail "process $process ($name) does not end"
        sleep 0.1
    done
    echo "ended $name, process $process"
done
rm -rf /run/kwizard

found=$(left)
[ -z "$found" ] || fail "still here: $(printf '%s\n' "$found" | some)"
echo "no daemon of kwizard is left"
