# What only this host can tell.
set --
# The API server takes the first address of the default route's interface for its own, and ends
# where there is none. Where that is not the address of this host, it has to be told.
default=$(ip -4 route show default | awk 'NR == 1 { for (i = 1; i < NF; i++) if ($i == "dev") print $(i + 1) }')
chosen=$(ip -o -4 addr show dev "${default:-none}" scope global 2>/dev/null |
    awk 'NR == 1 { sub("/.*", "", $4); print $4 }')
[ "$chosen" = {{ host.address }} ] || set -- "$@" --advertise-address={{ host.address }}
