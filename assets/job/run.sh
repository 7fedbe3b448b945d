# The jobs themselves, alone in a session of their own: runs each one's ./script in turn until one
# ends badly, and keeps its log and exit status. What could not be begun leaves nothing behind.
# Beside this script lies ./chain, a line a job: id, step or -, and the sum to keep as its record.

cd "${0%/*}" || exit 1
umask 077
mkdir begun || exit 1 # whoever started this twice starts it once
unset SUDO_USER SUDO_UID SUDO_GID SUDO_COMMAND
jobs=${0%/*}
jobs=${jobs%/*}
log_limit=${KWIZARD_LOG_LIMIT:-67108864}

# TERM to the process group is how a job is cancelled: the script ends by it, this shell stays to
# write down how it ended, and begins no other.
cancelled=
trap 'cancelled=1' HUP INT TERM

read -r stat <"/proc/$$/stat"
# Behind the name in parentheses the fields count from 3; the start time is field 22.
# shellcheck disable=SC2086
set -- ${stat##*) }
logs=
while read -r id _; do
    echo "$3" >"$jobs/$id/pgid"
    # Room for the exit status is taken now, so that a full disk cannot keep it from being written.
    echo "    " >"$jobs/$id/exit.tmp"
    echo "$$ ${20}" >"$jobs/$id/pid"
    logs="$logs $id/log"
done <chain

# A script that prints without end must not fill the disk. The guard says when it can be told to go.
(
    trap 'kill "$!" 2>/dev/null; exit' TERM
    : >guard
    cd "$jobs" || exit
    while :; do
        sleep 2 &
        wait "$!"
        for log in $logs; do
            size=$(wc -c <"$log") || continue
            [ "$size" -gt "$log_limit" ] || continue
            echo "kwizard: stopped, the log is larger than $log_limit bytes" >>"$log"
            trap '' TERM
            kill -TERM "-$$"
            trap 'kill "$!" 2>/dev/null; exit' TERM
            sleep 5 &
            wait "$!"
            kill -KILL "-$$"
        done
    done
) >/dev/null 2>&1 &
guard=$!

broken=
while read -r id stamp sha256 <&4; do
    job=$jobs/$id
    if [ -n "$broken" ]; then
        rm -rf "$job"
        continue
    fi
    cd "$job" || exit 1
    : >started
    (
        trap - HUP INT TERM
        umask 022
        KWIZARD_JOB_DIR=$job/files
        export KWIZARD_JOB_DIR
        cd / || exit 1
        exec sh "$job/script" </dev/null >>"$job/log" 2>&1 4<&-
    )
    status=$?
    rm -rf files
    [ "$status" -eq 0 ] && [ -z "$cancelled" ] || broken=1
    if [ "$status" -eq 0 ] && [ "$stamp" != - ]; then
        steps=${KWIZARD_ROOT:-/var/lib/kwizard}/steps
        echo "$sha256" >"$steps/.$stamp.$$" && mv "$steps/.$stamp.$$" "$steps/$stamp"
    fi
    printf '%-4s\n' "$status" 1<>exit.tmp && mv exit.tmp exit
done 4<chain

cd "${0%/*}" || exit 1
tries=0
until [ -e guard ] || [ "$tries" -ge 50 ]; do
    sleep 0.01 2>/dev/null || sleep 1
    tries=$((tries + 1))
done
kill "$guard" 2>/dev/null
wait "$guard" 2>/dev/null
rm -f guard
