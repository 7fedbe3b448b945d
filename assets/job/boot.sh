# Sets job_boot: what tells this start of the machine from all others. The start time of process 1 is
# part of it for containers, which may share their host's boot id.
job_boot_id() {
    read -r job_random_id </proc/sys/kernel/random/boot_id
    read -r job_stat </proc/1/stat
    # Behind the name in parentheses the fields count from 3; the start time is field 22.
    # shellcheck disable=SC2086
    set -- ${job_stat##*) }
    job_boot=$job_random_id-${20}
}
job_boot_id

# Whether process $1 is there, alive, and the one that started at $2 (clock ticks since boot).
job_alive() {
    job_started_at=$2
    read -r job_stat <"/proc/$1/stat" || return 1
    # shellcheck disable=SC2086
    set -- ${job_stat##*) }
    [ "$1" != Z ] && [ "${20}" = "$job_started_at" ]
}
