# Ends the pods of this host (those of docker come with docker) and takes away what was mounted for
# them: volumes, file systems of containers, network namespaces, groups of processes. It works without the
# kubelet and without containerd, which may be dead.
set -eu
{% include "reset/pods.inc.sh" %}

# KILL at once: the cluster these pods belong to is going.
tries=0
while groups=$(pod_groups) && [ -n "$groups$(shims)" ]; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || fail "pods' processes do not end: $(left | some)"
    for group in $groups; do
        find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null
    done | sort -u | while read -r process; do
        kill -KILL "$process" 2>/dev/null || true
    done
    # With nobody left in the containers the shims can go.
    for process in $(shims); do
        kill -KILL "$process" 2>/dev/null || true
    done
    for group in $groups; do
        find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
    done
    [ "$tries" = 1 ] || sleep 0.1
done

# A path may hold blanks, which the kernel writes as \040.
mounts | while IFS= read -r place; do
    place=$(printf '%b' "$(printf '%s' "$place" | sed 's/\\\([0-7]\)/\\0\1/g')")
    umount "$place" 2>/dev/null || umount -l "$place" 2>/dev/null || true
done
namespaces | while IFS= read -r place; do
    rm -f "$place"
done

found=$(left)
[ -z "$found" ] || fail "still here: $(printf '%s\n' "$found" | some)"
echo "no pod is left"
