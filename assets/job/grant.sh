# Lets one host of the cluster fetch one file from this host, over the SSH server that runs here, for
# at most GRANT_SECONDS. What is written into the login user's authorized keys for it opens nothing
# else: no shell, no forwarding, from that address only, that one file, until a time. It is taken out
# again when this job ends, however it ends.
#
# Given: GRANT_ID; GRANT_USER, the login user; GRANT_TO, the other host's address; GRANT_FILE;
# GRANT_LINE, the line but for its time of expiry.
# Prints "granted PORT", or "refused" with the reason, which the operator is told.
set -u

KW_ROOT=${KWIZARD_ROOT:-/var/lib/kwizard}
grant=$KW_ROOT/grants/$GRANT_ID
grant_locked=

refuse() {
    [ -z "$grant_locked" ] || grant_unlock
    echo "refused $*"
    exit 0
}

(umask 077 && mkdir -p "$KW_ROOT/grants" && mkdir "$grant") 2>/dev/null || refuse "cannot write below $KW_ROOT"
read -r grant_stat <"/proc/$$/stat"
# Behind the name in parentheses the fields count from 3; the start time is field 22.
# shellcheck disable=SC2086
set -- ${grant_stat##*) }
echo "$$ ${20} $job_boot" >"$grant/by"
trap 'grant_end "$grant"' EXIT
trap 'exit 0' HUP INT TERM
grant_sweep

[ -f "$GRANT_FILE" ] || refuse "the file is not there any more"
entry=$(getent passwd "$GRANT_USER" 2>/dev/null || grep "^$GRANT_USER:" /etc/passwd) ||
    refuse "there is no user $GRANT_USER"
uid=$(printf '%s\n' "$entry" | cut -d : -f 3)
gid=$(printf '%s\n' "$entry" | cut -d : -f 4)
home=$(printf '%s\n' "$entry" | cut -d : -f 6)

# What the SSH server makes of this user's keys: in its own words where it is OpenSSH's.
settings=$(sshd -T -C "user=$GRANT_USER,host=$GRANT_TO,addr=$GRANT_TO" 2>/dev/null) || settings=
setting() {
    printf '%s\n' "$settings" | sed -n "s/^$1 //p" | head -n 1
}
[ "$(setting pubkeyauthentication)" != no ] || refuse "its SSH server takes no keys"
case $(setting forcecommand) in
'' | none) ;;
*) refuse "its SSH server runs a command of its own instead (ForceCommand)" ;;
esac

# A file that is not there yet is better than one that is the user's own.
file='' theirs=''
places=$(setting authorizedkeysfile)
set -f
for place in ${places:-.ssh/authorized_keys}; do
    place=$(printf '%s\n' "$place" | sed "s#%h#$home#g; s#%u#$GRANT_USER#g; s#%U#$uid#g")
    case $place in
    none | *%*) continue ;;
    /*) ;;
    *) place=$home/$place ;;
    esac
    [ ! -L "$place" ] || continue
    if [ -e "$place" ]; then
        theirs=${theirs:-$place}
    elif [ -d "${place%/*}" ] || [ "${place%/*}" = "$home/.ssh" ]; then
        file=$place
        break
    fi
done
set +f
file=${file:-$theirs}
[ -n "$file" ] || refuse "its SSH server has no file for keys of $GRANT_USER"

ends=$(date -d "@$(($(date +%s) + GRANT_SECONDS))" +%Y%m%d%H%M%S 2>/dev/null) ||
    refuse "its date cannot tell when the grant ends"

umask 077
grant_lock
echo "$file" >"$grant/file"
made=
if [ ! -d "${file%/*}" ]; then
    made=directory
    { mkdir -m 700 "${file%/*}" && chown "$uid:$gid" "${file%/*}"; } || refuse "cannot make ${file%/*}"
    ! command -v restorecon >/dev/null || restorecon "${file%/*}"
fi
# A file that holds nothing but other grants was made for them.
if [ ! -e "$file" ] || ! grep -qv ' kwizard-grant-[0-9a-f]*$' "$file"; then
    [ -s "$file" ] || [ ! -e "$file" ] && made="$made file"
fi
echo "$made" >"$grant/made"
if [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; then
    : >"$grant/newline"
    echo >>"$file"
fi
printf 'expiry-time="%s",%s\n' "$ends" "$GRANT_LINE" >>"$file" || refuse "cannot write to $file"
case " $made " in
*" file "*) chown "$uid:$gid" "$file" ;;
esac
# Whoever is not root must be let through kwizard's directory to the file. He cannot list it, and
# what lies in it besides files that were brought is closed to him as before.
if [ "$uid" != 0 ]; then
    case $(ls -ld "$KW_ROOT") in
    d????????x*) ;;
    *)
        : >"$grant/way"
        chgrp "$gid" "$KW_ROOT" && chmod 0710 "$KW_ROOT"
        ;;
    esac
fi
grant_unlock

port=$(setting port)
echo "granted ${port:-22}"
waited=0
while [ "$waited" -lt "$GRANT_SECONDS" ]; do
    sleep 1 &
    wait "$!"
    waited=$((waited + 1))
done
