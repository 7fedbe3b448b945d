# Takes away kwizard's containerd and what it holds for the kubelet. Where containerd held something
# before, or holds something of others now, only the kubelet's namespace is emptied.
set -eu
{% include "reset/containerd.inc.sh" %}

ctr() {
    command /usr/local/bin/ctr --timeout 20s "$@"
}
k8s() {
    ctr --namespace k8s.io "$@"
}

# The namespaces of others in which anything is.
others() {
    for namespace in $(ctr namespaces list --quiet); do
        [ "$namespace" != k8s.io ] || continue
        [ -z "$(ctr --namespace "$namespace" containers list --quiet; ctr --namespace "$namespace" images list --quiet)" ] ||
            echo "$namespace"
    done
}

answers() {
    [ -x /usr/local/bin/ctr ] && ctr version >/dev/null 2>&1
}

shared=''
if grep -q '^name /var/lib/containerd/' "$before/directories" 2>/dev/null; then
    shared="what was in /var/lib/containerd before"
fi
if grep -qs '^# Written by kwizard' "$unit" && [ -x /usr/local/bin/containerd ]; then
    # It must run to be asked; dead, it is started once more.
    systemctl start --no-block containerd.service 2>/dev/null || true
    tries=0
    until answers || [ "$tries" -ge 50 ]; do
        tries=$((tries + 1))
        sleep 0.2
    done
fi
if answers; then
    found=$(others)
    [ -z "$found" ] || shared="the namespaces $(printf '%s\n' "$found" | some)"
    if [ -n "$shared" ]; then
        for container in $(k8s containers list --quiet); do
            k8s tasks delete --force "$container" >/dev/null 2>&1 || true
            k8s containers delete "$container" >/dev/null 2>&1 || true
        done
        for image in $(k8s images list --quiet); do
            k8s images delete --sync "$image" >/dev/null
        done
        for lease in $(k8s leases list --quiet); do
            k8s leases delete --sync "$lease" >/dev/null
        done
        # A snapshot goes after those made from it, and the contents when nothing names them.
        tries=0
        until ctr namespaces remove k8s.io >/dev/null 2>&1 || [ "$tries" -ge 25 ]; do
            for snapshot in $(k8s snapshots list 2>/dev/null | awk 'NR > 1 { print $1 }'); do
                k8s snapshots delete "$snapshot" >/dev/null 2>&1 || true
            done
            for content in $(k8s content list --quiet 2>/dev/null); do
                k8s content delete "$content" >/dev/null 2>&1 || true
            done
            tries=$((tries + 1))
            sleep 0.2
        done
    fi
elif [ -n "$shared" ]; then
    echo "containerd does not answer, so what the kubelet had in /var/lib/containerd stays"
fi

if grep -qs '^# Written by kwizard' "$unit"; then
    systemctl disable --quiet containerd.service 2>/dev/null || true
    systemctl stop containerd.service || fail "containerd does not stop"
    put_back "$unit"
    systemctl daemon-reload
    systemctl reset-failed containerd.service 2>/dev/null || true
    ! was containerd.service enabled || systemctl enable --quiet containerd.service
fi
awk '$5 ~ "^/(run|var/lib)/containerd/.*" { print $5 }' /proc/self/mountinfo | sort -r |
    while read -r place; do
        case $shared$place in
            /* | *k8s.io/*) umount "$place" 2>/dev/null || umount -l "$place" 2>/dev/null || true ;;
        esac
    done
if [ -n "$shared" ]; then
    for state in /run/containerd /var/lib/containerd; do
        rm -rf "$state/io.containerd.runtime.v2.task/k8s.io" "$state/io.containerd.grpc.v1.cri"
    done
    echo "emptied the namespace k8s.io of containerd; this stays: $shared"
    # Containers of others live on with their shims; the distribution's own containerd looks after them.
    if [ -n "$(ls /run/containerd/io.containerd.runtime.v2.task/* 2>/dev/null)" ]; then
        systemctl start containerd.service 2>/dev/null || true
    fi
else
    for place in /var/lib/containerd /run/containerd /opt/containerd /run/nri; do
        empty "$place"
    done
    echo "removed containerd with all it held"
fi
: >"$saved/containerd-given-back"
