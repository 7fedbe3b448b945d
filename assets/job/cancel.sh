# Ends a job, and with it those that come after it: TERM to their process group, KILL to what is left
# of it after 5 seconds.
# A job that has ended is left alone: what it left running is meant to run.

cd "$KW_ROOT/jobs/$JOB_ID" 2>/dev/null || exit 0
job_its_boot=
read -r job_its_boot <boot_id || :
[ "$job_its_boot" = "$job_boot" ] || exit 0

# One that is just being started has no process yet.
job_waited=0
until [ -s pid ] || [ -s exit ] || [ "$job_waited" -ge 100 ]; do
    sleep 0.1 2>/dev/null || sleep 1
    job_waited=$((job_waited + 1))
done
[ -s pid ] && [ ! -s exit ] || exit 0
read -r job_pid job_start <pid
read -r job_group <pgid
job_alive "$job_pid" "$job_start" 2>/dev/null || exit 0

kill -TERM "-$job_group" 2>/dev/null
job_waited=0
while kill -0 "-$job_group" 2>/dev/null; do
    if [ "$job_waited" -ge 50 ]; then
        kill -KILL "-$job_group" 2>/dev/null
        break
    fi
    sleep 0.1 2>/dev/null || {
        sleep 1
        job_waited=$((job_waited + 9))
    }
    job_waited=$((job_waited + 1))
done
# Neither its secret files nor those of jobs that would have come after it are needed any more.
for job_other in "$KW_ROOT"/jobs/*/files; do
    job_its_group=
    read -r job_its_group 2>/dev/null <"${job_other%/files}/pgid" || :
    [ "$job_its_group" != "$job_group" ] || rm -rf "$job_other"
done
