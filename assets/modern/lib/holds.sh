# Ends the look unless a file holds that text: PATH TEXT.
holds() {
    if [ "$(cat "$1" 2>/dev/null)" != "$2" ]; then
        echo "$1 is not as wanted"
        exit 1
    fi
}
