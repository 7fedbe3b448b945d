# Receives the rest of a file over standard input (here number 3), checks it and gives it its name.
#
# Given: as for place-look.sh, and PLACE_FRESH: 1 to begin at the first byte.
# Prints "ready", and in the end one of: "placed"; "short BYTES" when the connection was cut (what
# came is kept); "full FREE_KIB MOUNT" when there is no room; "wrong SHA256".

place_dir=$(dirname "$PLACE_TARGET")
place_part=$PLACE_TARGET.part
[ "$PLACE_FRESH" = 0 ] || rm -f "$place_part"
umask 077
echo ready
cat <&3 >>"$place_part" &
place_pid=$!
read -r place_stat 2>/dev/null <"/proc/$place_pid/stat" || :
# shellcheck disable=SC2086
set -- ${place_stat##*) }
echo "$place_pid ${20-0}" >"$place_part.by"
wait "$place_pid"
place_status=$?
rm -f "$place_part.by"

place_have=$(wc -c <"$place_part")
if [ "$place_have" -ne "$PLACE_SIZE" ]; then
    if [ "$place_status" -ne 0 ]; then
        echo "full $(place_room "$place_dir")"
    else
        echo "short $((place_have))"
    fi
    exit
fi
place_sum=$(place_sha256 "$place_part") || exit 1
if [ "$place_sum" != "$PLACE_SHA256" ]; then
    rm -f "$place_part"
    echo "wrong $place_sum"
    exit
fi
chmod "$PLACE_MODE" "$place_part" && mv -f "$place_part" "$PLACE_TARGET" && echo placed
