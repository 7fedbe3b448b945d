# firewall-cmd for what is now, or for what will be after firewalld's next start: now|later OPTION...
firewall() {
    case $1 in
        later) shift && firewall-cmd --permanent "$@" ;;
        *) shift && firewall-cmd "$@" ;;
    esac
}

# What firewalld lets through, a line for each: ZONE interfaces|sources|ports WHAT.
let_through() {
    firewall "$1" --list-all-zones 2>/dev/null | awk '
        /^[^ ]/ { zone = $1 }
        $1 == "interfaces:" || $1 == "sources:" || $1 == "ports:" {
            kind = substr($1, 1, length($1) - 1)
            for (i = 2; i <= NF; i++) print zone, kind, $i
        }'
}
