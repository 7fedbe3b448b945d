# The first process of one rehearsal host. It makes the scratch root the only root there is, says
# its process id (as the machine counts it) and sleeps until its input ends: then it leaves, and
# the kernel ends everything that still runs on this host and forgets its mounts.
set -eu

: "${ROOT:?the scratch root}"
: "${HOST:?the name of this host}"

# Before /proc is our own it is the machine's: there we see the number others know us by.
read -r number _ </proc/self/stat

# A bind of the whole tree: its top is ours to pivot to, what lies in it stays locked.
mount --rbind "$ROOT" "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$ROOT/dev/pts"
hostname "$HOST" 2>/dev/null || echo "$HOST" >/proc/sys/kernel/hostname
cd "$ROOT"
PATH=$PATH:/usr/sbin:/sbin pivot_root . .machine-root
cd /
umount -l /.machine-root
rmdir /.machine-root

# By now a host answers; its units start meanwhile.
echo "ready $number"
exec >/dev/null 2>&1
/usr/lib/rehearsal/boot </dev/null &
# A script on the host may kill this cat; only the end of the input ends the host.
until cat >/dev/null; do :; done
