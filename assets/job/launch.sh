# Puts a chain of jobs into their directories on the host and starts it there, detached from this
# connection: one after the other, until one of them ends badly.
#
# Given: JOB_IDS, with blanks between them; JOB_TRY, a random word of this attempt; JOB_CHAIN, a line
# for each job: its id, the step's name for the record under steps/ (or -), and the sum to record;
# job_unpack, which prints a tar archive of their directories.
# Prints "started", or "exists" when the first of them is here (then nothing was done). What follows
# this script (follow.sh) goes on with their logs.

umask 077
# Losing the connection in the middle must not leave half a job: go on to the end.
trap : HUP PIPE TERM

job_fail() {
    echo "$1" >&2
    for job_one in $JOB_IDS; do rm -rf "$KW_ROOT/jobs/$job_one"; done
    exit 1
}

job_fill() {
    {
        echo "$JOB_TRY" >"$job_dir/try" &&
            job_unpack | tar -xof - -C "$KW_ROOT/jobs"
    } || job_fail "cannot write below $job_dir"
    for job_one in $JOB_IDS; do
        # Where the archive's last member of a job is, all of the others are, too.
        {
            [ -e "$KW_ROOT/jobs/$job_one/log" ] &&
                echo "$job_boot" >"$KW_ROOT/jobs/$job_one/boot_id"
        } || job_fail "cannot write below $KW_ROOT/jobs/$job_one"
    done
    printf '%s\n' "$JOB_CHAIN" >"$job_dir/chain" || job_fail "cannot write $job_dir/chain"
}

# Where systemd runs, a job is a unit of its own, out of reach of whatever ends this login's
# processes. KillMode=process: what a script leaves running with nohup stays.
job_as_unit() {
    [ -d "${KWIZARD_SYSTEMD:-/run/systemd/system}" ] && command -v systemd-run >/dev/null || return 1
    # systemd before 236 has no --collect, and keeps a unit that failed until it is told to forget.
    for job_collect in --collect --quiet; do
        systemd-run --quiet "$job_collect" --unit="kwizard-job-$job_first" \
            --description="kwizard job $job_first" \
            --property=KillMode=process --property=TasksMax=infinity \
            --setenv=PATH="$PATH" --setenv=HOME="$HOME" --setenv=KWIZARD_ROOT="$KW_ROOT" \
            "$job_sh" "$job_dir/run" </dev/null >/dev/null 2>&1 3<&- && return
    done
    return 1
}

job_as_session() {
    command -v setsid >/dev/null || job_fail "this host has neither systemd nor setsid"
    export HOME KWIZARD_ROOT="$KW_ROOT"
    setsid "$job_sh" "$job_dir/run" </dev/null >/dev/null 2>&1 3<&- &
    # Until it has left our process group it would end with us.
    job_waited=0
    until [ -s "$job_dir/pid" ] || [ "$job_waited" -ge 100 ]; do
        sleep 0.01 2>/dev/null || sleep 1
        job_waited=$((job_waited + 1))
    done
}

[ -d "$KW_ROOT/jobs" ] && [ -d "$KW_ROOT/steps" ] ||
    mkdir -p "$KW_ROOT" "$KW_ROOT/jobs" "$KW_ROOT/steps" || exit 1
job_first=${JOB_IDS%% *}
job_dir=$KW_ROOT/jobs/$job_first
job_boot_id

# Secrets of jobs that were cut off by a reboot are of no use to anybody now.
for job_old in "$KW_ROOT"/jobs/*/files; do
    [ -d "$job_old" ] || continue
    job_old_boot=
    read -r job_old_boot 2>/dev/null <"${job_old%/files}/boot_id" || :
    [ -n "$job_old_boot" ] && [ "$job_old_boot" != "$job_boot" ] || continue
    rm -rf "$job_old"
done

[ ! -d "$KW_ROOT/grants" ] || grant_sweep

if [ -n "${SUDO_UID-}" ] && [ "$(id -u)" = 0 ]; then HOME=~root; fi
HOME=${HOME:-/}
job_sh=$(command -v sh)

# This mkdir is the lock: of two attempts to start an id, one fails here.
if mkdir "$job_dir" 2>/dev/null; then
    job_fill
    job_as_unit || job_as_session
elif [ ! -d "$job_dir" ]; then
    echo "cannot make $job_dir" >&2
    exit 1
else
    # Ours when this is the same attempt again, after its answer was lost on the way.
    job_made_by=
    read -r job_made_by <"$job_dir/try" || :
    if [ "$job_made_by" != "$JOB_TRY" ]; then
        echo exists
        exit 0
    fi
    job_waited=0
    until [ -s "$job_dir/chain" ] || [ "$job_waited" -ge 100 ]; do
        sleep 0.1 2>/dev/null || sleep 1
        job_waited=$((job_waited + 1))
    done
fi
echo started || :
trap - HUP PIPE TERM
kw_watch
