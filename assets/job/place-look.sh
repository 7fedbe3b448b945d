# Tells what is there before a file is sent, and makes its directory.
#
# Given: PLACE_TARGET, the file's path; PLACE_SIZE in bytes; PLACE_SHA256; PLACE_MODE in octal.
# Prints "same" when the file is there already. Else: "part BYTES SHA256 FREE_KIB MOUNT", where
# BYTES and SHA256 are those of what an earlier attempt has sent, and FREE_KIB is the room on the
# file system mounted at MOUNT.

place_dir=$(dirname "$PLACE_TARGET")
place_part=$PLACE_TARGET.part
(umask 022 && mkdir -p "$place_dir") || exit 1
if [ -d "$PLACE_TARGET" ]; then
    echo "$PLACE_TARGET is a directory" >&2
    exit 1
fi

if [ -f "$PLACE_TARGET" ] && [ "$(wc -c <"$PLACE_TARGET")" -eq "$PLACE_SIZE" ] &&
    [ "$(place_sha256 "$PLACE_TARGET")" = "$PLACE_SHA256" ]; then
    chmod "$PLACE_MODE" "$PLACE_TARGET" && echo same
    exit
fi

# A receiver whose connection died without a word may still hold bytes back: it must not add them
# to the file after we have looked at its size.
if [ -s "$place_part.by" ]; then
    read -r place_pid place_start <"$place_part.by"
    if job_alive "$place_pid" "$place_start" 2>/dev/null; then
        kill -KILL "$place_pid"
        while job_alive "$place_pid" "$place_start" 2>/dev/null; do
            sleep 0.05 2>/dev/null || sleep 1
        done
    fi
    rm -f "$place_part.by"
fi

place_have=0
place_sum=-
if [ -f "$place_part" ]; then
    place_have=$(wc -c <"$place_part")
    if [ "$place_have" -gt "$PLACE_SIZE" ]; then
        rm -f "$place_part"
        place_have=0
    elif [ "$place_have" -gt 0 ]; then
        place_sum=$(place_sha256 "$place_part")
    fi
fi
echo "part $((place_have)) $place_sum $(place_room "$place_dir")"
