{% include "reset/lib.sh" %}

# Programs of kwizard that stay in memory, by the file they were started from. containerd and its
# shims come later, with the pods; what a person may be running is left alone.
daemon_files() {
    written | grep -e '^/usr/bin/' -e '^/usr/local/bin/' -e '^/usr/local/lib/kwizard/' |
        grep -v -e '/containerd' -e '/ctr$' -e '/kubectl$' -e 'ctl$' || true
}

# Their processes on the host itself, with their names: one in a container has a mount namespace of
# its own.
processes() {
    files=$(daemon_files)
    [ -n "$files" ] || return 0
    own=$(readlink /proc/self/ns/mnt)
    for directory in /proc/[0-9]*; do
        program=$(readlink "$directory/exe") || continue
        printf '%s\n' "$files" | grep -qxF "${program% (deleted)}" || continue
        [ "$(readlink "$directory/ns/mnt")" = "$own" ] || continue
        echo "${directory#/proc/} ${program##*/}"
    done 2>/dev/null
}

daemon_units() {
    our_units | grep -vx containerd.service || true
}

left() {
    daemon_units
    processes | cut -d ' ' -f 2-
}
