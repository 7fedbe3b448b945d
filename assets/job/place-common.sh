# place_sum BITS FILE: prints the file's sha256 or sha512 in hex, with whatever this host has.
place_sum() {
    if command -v "sha$1sum" >/dev/null; then
        place_out=$("sha$1sum" <"$2")
    elif command -v busybox >/dev/null && busybox "sha$1sum" </dev/null >/dev/null 2>&1; then
        place_out=$(busybox "sha$1sum" <"$2")
    elif command -v shasum >/dev/null; then
        place_out=$(shasum -a "$1" <"$2")
    elif command -v openssl >/dev/null; then
        place_out=$(openssl dgst "-sha$1" -r <"$2")
    else
        echo "no sha$1sum, busybox, shasum or openssl on this host" >&2
        return 1
    fi || return 1
    echo "${place_out%% *}"
}

place_sha256() {
    place_sum 256 "$1"
}

# place_room DIR: prints the free KiB of the file system DIR is on, and where that is mounted.
place_room() {
    df -Pk "$1" | {
        read -r place_header
        : "$place_header"
        read -r place_device place_blocks place_used place_free place_capacity place_mount
        : "$place_device $place_blocks $place_used $place_capacity"
        echo "$place_free $place_mount"
    }
}
