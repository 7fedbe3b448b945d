modules_text() {
    cat <<'MODULES'
# Written by kwizard.
overlay
br_netfilter
MODULES
}
# Inside a container the machine decides these: what cannot be set is left out. The mode is asked too,
# since root's "test -w" believes in a file the kernel will not write.
settable() {
    [ -e "/proc/sys/$1" ] || return 1
    case $(stat -c %A "/proc/sys/$1") in -?w*) [ -w "/proc/sys/$1" ] ;; *) return 1 ;; esac
}
# A setting with this value: FILE VALUE.
fixed() {
    ! settable "$1" || echo "$1 = $2"
}
# A setting with at least this value: FILE LEAST.
raised() {
    settable "$1" || return 0
    now=$(cat "/proc/sys/$1")
    [ "$now" -ge "$2" ] || now=$2
    echo "$1 = $now"
}
settings_text() {
    cat <<'SETTINGS'
# Written by kwizard: packets of pods are passed on, and rules hold for what crosses a bridge too.
net.ipv4.ip_forward = 1
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
SETTINGS
    # What the kubelet sets by itself at its start, from the boot on: memory is promised and not
    # counted beforehand, and a kernel in trouble starts again instead of standing still.
    fixed vm/overcommit_memory 1
    fixed kernel/panic 10
    fixed kernel/panic_on_oops 1
    # Every pod's log and configuration is watched; 128 watchers a user are soon used up.
    raised fs/inotify/max_user_instances 1024
    raised fs/inotify/max_user_watches 524288
}
settings=/etc/sysctl.d/90-kwizard.conf
modules=/etc/modules-load.d/kwizard.conf
