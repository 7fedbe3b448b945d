# Prints what a URL answers within 2 s; fails when it answers nothing or an error. Never by a proxy.
fetch() {
    if command -v curl >/dev/null 2>&1; then
        curl -fsS --noproxy '*' -m 2 "$1" 2>/dev/null
    else
        http_proxy='' wget -q -O - -T 2 "$1" 2>/dev/null
    fi
}
