# Fetches the rest of a file from another host of the cluster that has it, checks it and gives it its
# name. Goes on when the operator's connection is lost.
#
# Given: as for place.sh; RECEIVE_FROM, user@address of that host; RECEIVE_PORT. Beside it: key, which
# opens that one file there and nothing else, for a short while; known_hosts with that host's key.
# Prints "at BYTES" as it goes on, and in the end one of: "placed"; "short BYTES REASON" (what came is
# kept); "full FREE_KIB MOUNT" when there is no room; "wrong SHA256"; "refused REASON".
set -u

place_dir=$(dirname "$PLACE_TARGET")
place_part=$PLACE_TARGET.part
command -v ssh >/dev/null || {
    echo "refused there is no ssh program on it"
    exit 0
}
umask 077
[ "$PLACE_FRESH" = 0 ] || rm -f "$place_part"
: >>"$place_part" || exit 1
place_have=$(($(wc -c <"$place_part")))
echo "at $place_have"

if [ "$place_have" -lt "$PLACE_SIZE" ]; then
    # Nothing but what is said here counts: no configuration, no agent, no other keys, no other hosts.
    ssh -F /dev/null -T -o BatchMode=yes -o IdentitiesOnly=yes -o PreferredAuthentications=publickey \
        -o "IdentityFile=$KWIZARD_JOB_DIR/key" -o "UserKnownHostsFile=$KWIZARD_JOB_DIR/known_hosts" \
        -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes -o HostKeyAlias=kwizard-giver \
        -o CheckHostIP=no -o ControlPath=none -o ClearAllForwardings=yes -o LogLevel=ERROR \
        -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=4 -o Compression=no \
        -o Ciphers=aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes256-ctr \
        -p "$RECEIVE_PORT" "$RECEIVE_FROM" "$((place_have + 1))" \
        </dev/null 2>"$KWIZARD_JOB_DIR/said" >>"$place_part" &
    place_pid=$!
    place_stat=
    read -r place_stat 2>/dev/null <"/proc/$place_pid/stat" || :
    # shellcheck disable=SC2086
    set -- ${place_stat##*) }
    echo "$place_pid ${20-0}" >"$place_part.by"
    (
        while sleep 0.3 2>/dev/null || sleep 1; do
            echo "at $(($(wc -c <"$place_part")))"
        done
    ) 2>/dev/null &
    place_teller=$!
    wait "$place_pid"
    place_status=$?
    kill "$place_teller" 2>/dev/null
    rm -f "$place_part.by"
    place_have=$(($(wc -c <"$place_part")))
    if [ "$place_have" -lt "$PLACE_SIZE" ]; then
        place_free=$(place_room "$place_dir")
        if [ $((PLACE_SIZE - place_have)) -gt $((${place_free%% *} * 1024)) ]; then
            echo "full $place_free"
        else
            place_said=$(grep . "$KWIZARD_JOB_DIR/said" | tail -n 1 | tr -d '\r')
            echo "short $place_have ${place_said:-ssh ended with status $place_status}"
        fi
        exit 0
    fi
fi
place_sum=$(place_sha256 "$place_part") || exit 1
if [ "$place_sum" != "$PLACE_SHA256" ]; then
    rm -f "$place_part"
    echo "wrong $place_sum"
    exit 0
fi
chmod "$PLACE_MODE" "$place_part" && mv -f "$place_part" "$PLACE_TARGET" && echo placed
