# Builds the scratch root of one rehearsal host. This runs in a user and a mount namespace of its
# own, as a user without any rights on the machine, so nothing it mounts is seen outside. What the
# machine lends (its programs and libraries) is mounted read-only. Then inner.sh goes one user
# namespace further in, from where the kernel lets nobody undo these mounts.
set -eu

: "${ROOT:?the empty directory the scratch root is mounted on}"
: "${SKELETON:?the tree every host begins with}"
: "${OWN:?the tree that only this host begins with}"
: "${SHARED:?the directory all hosts of a rehearsal share}"
: "${LENT:?the directories of the machine that are shown, one a line}"
: "${INNER:?the path of inner.sh}"

mount --make-rprivate /
mount -t tmpfs -o mode=755,size=2g rehearsal "$ROOT"
cp -RPp "$SKELETON/." "$OWN/." "$ROOT/"

mkdir -p "$ROOT/dev/net" "$ROOT/dev/pts" "$ROOT/dev/shm" "$ROOT/proc" "$ROOT/machine" \
    "$ROOT/run/rehearsal-shared" "$ROOT/.machine-root"
mount --bind "$SHARED" "$ROOT/run/rehearsal-shared"

for device in null zero full random urandom tty; do
    : >"$ROOT/dev/$device"
    mount --bind "/dev/$device" "$ROOT/dev/$device"
done
# Scripts look for these two; nothing in a rehearsal may reach the real ones.
for device in net/tun kmsg; do
    : >"$ROOT/dev/$device"
    mount --bind /dev/null "$ROOT/dev/$device"
done
# Daemons with nothing to do read this; nobody ever writes it.
mkfifo "$ROOT/var/lib/rehearsal/never"
ln -s /proc/self/fd "$ROOT/dev/fd"
ln -s /proc/self/fd/0 "$ROOT/dev/stdin"
ln -s /proc/self/fd/1 "$ROOT/dev/stdout"
ln -s /proc/self/fd/2 "$ROOT/dev/stderr"
ln -s pts/ptmx "$ROOT/dev/ptmx"

printf '%s\n' "$LENT" | while read -r directory; do
    mkdir -p "$ROOT/machine$directory"
    mount --rbind "$directory" "$ROOT/machine$directory"
done
# Everything below, whatever the machine has mounted inside those directories, becomes read-only.
while read -r _ _ _ _ place _; do
    case $place in
    "$ROOT/machine/"*) mount -o remount,bind,ro "$place" ;;
    esac
done </proc/self/mountinfo

exec unshare --user --map-root-user --mount --pid --fork --kill-child --net --uts --ipc \
    sh "$INNER"
