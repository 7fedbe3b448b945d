{% include "reset/lib.sh" %}

# Nothing here is looked for where kwizard was never at work: other programs run pods, too.
at_work() {
    [ -d "$saved" ]
}

# Groups of pods' processes, deepest first.
pod_groups() {
    at_work || return 0
    find /sys/fs/cgroup -maxdepth 4 -type d \( -name kubepods -o -name kubepods.slice \) 2>/dev/null || true
}

# Processes that hold containers of the kubelet's for containerd.
shims() {
    at_work || return 0
    for directory in /proc/[0-9]*; do
        case $(tr '\0' ' ' <"$directory/cmdline") in
            *containerd-shim*' -namespace k8s.io '*) echo "${directory#/proc/}" ;;
        esac
    done 2>/dev/null
}

# What is mounted for pods, last first.
mounts() {
    at_work || return 0
    awk '$5 ~ "^(/var/lib/kubelet|/run/containerd/io.containerd.grpc.v1.cri|/run/containerd/io.containerd.runtime.v2.task/k8s.io)/" ||
        $5 ~ "^(/var)?/run/netns/cni-" { print $5 }' /proc/self/mountinfo | sort -r
}

namespaces() {
    at_work || return 0
    find /run/netns -maxdepth 1 -name 'cni-*' 2>/dev/null || true
}

left() {
    pod_groups
    shims | sed 's/^/containerd-shim, process /'
    mounts
    namespaces
}
