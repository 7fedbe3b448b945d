# place_sha256 FILE: prints the sum in hex, with whatever this host has.
place_sha256() {
    if command -v sha256sum >/dev/null; then
        place_out=$(sha256sum <"$1")
    elif command -v busybox >/dev/null && busybox sha256sum </dev/null >/dev/null 2>&1; then
        place_out=$(busybox sha256sum <"$1")
    elif command -v shasum >/dev/null; then
        place_out=$(shasum -a 256 <"$1")
    elif command -v openssl >/dev/null; then
        place_out=$(openssl dgst -sha256 -r <"$1")
    else
        echo "no sha256sum, busybox, shasum or openssl on this host" >&2
        return 1
    fi || return 1
    echo "${place_out%% *}"
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
