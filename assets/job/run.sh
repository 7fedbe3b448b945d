# The job itself, alone in a session of its own: runs ./script, keeps its log and exit status.
# Arguments: the step's name for the record under steps/, and the script's sha256; both may be "".

cd "${0%/*}" || exit 1
umask 077
mkdir begun || exit 1 # whoever started this twice starts it once
stamp=$1
sha256=$2
unset SUDO_USER SUDO_UID SUDO_GID SUDO_COMMAND
job=${0%/*}
log_limit=${KWIZARD_LOG_LIMIT:-67108864}

# TERM to the process group is how a job is cancelled: the script ends by it, this shell stays to
# write down how it ended.
trap : HUP INT TERM

read -r stat <"/proc/$$/stat"
# Behind the name in parentheses the fields count from 3; the start time is field 22.
# shellcheck disable=SC2086
set -- ${stat##*) }
echo "$3" >pgid
date +%s >started
# Room for the exit status is taken now, so that a full disk cannot keep it from being written.
echo "    " >exit.tmp
echo "$$ ${20}" >pid

# A script that prints without end must not fill the disk. The guard says when it can be told to go.
(
    trap 'kill "$!" 2>/dev/null; exit' TERM
    : >guard
    while :; do
        sleep 2 &
        wait "$!"
        size=$(wc -c <log) || continue
        [ "$size" -le "$log_limit" ] && continue
        echo "kwizard: stopped, the log is larger than $log_limit bytes" >>log
        trap '' TERM
        kill -TERM "-$$"
        trap 'kill "$!" 2>/dev/null; exit' TERM
        sleep 5 &
        wait "$!"
        kill -KILL "-$$"
    done
) >/dev/null 2>&1 &
guard=$!

(
    trap - HUP INT TERM
    umask 022
    KWIZARD_JOB_DIR=$job/files
    export KWIZARD_JOB_DIR
    cd / || exit 1
    exec sh "$job/script" </dev/null >>"$job/log" 2>&1
)
status=$?

rm -rf files
date +%s >ended
if [ "$status" -eq 0 ] && [ -n "$stamp" ]; then
    steps=${KWIZARD_ROOT:-/var/lib/kwizard}/steps
    echo "$sha256" >"$steps/.$stamp.$$" && mv "$steps/.$stamp.$$" "$steps/$stamp"
fi
printf '%-4s\n' "$status" 1<>exit.tmp && mv exit.tmp exit

tries=0
until [ -e guard ] || [ "$tries" -ge 50 ]; do
    sleep 0.01 2>/dev/null || sleep 1
    tries=$((tries + 1))
done
kill "$guard" 2>/dev/null
wait "$guard" 2>/dev/null
rm -f guard
