# What only this host can tell.
set --
{% include "classic/lib/name.facts.sh" %}
{% if has("kube-proxy", "--conntrack-max-per-core") %}

# kube-proxy sets these, and ends where it may not: inside a container the machine decides them.
# The mode is asked too, since root's "test -w" believes in a file the kernel will not write.
settable() {
    [ ! -e "$1" ] && return
    case $(stat -c %A "$1") in -?w*) [ -w "$1" ] ;; *) return 1 ;; esac
}
settable /proc/sys/net/netfilter/nf_conntrack_max ||
    set -- "$@" --conntrack-max-per-core=0
settable /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established ||
    set -- "$@" --conntrack-tcp-timeout-established=0
{% if has("kube-proxy", "--conntrack-tcp-timeout-close-wait") %}
settable /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait ||
    set -- "$@" --conntrack-tcp-timeout-close-wait=0
{% endif %}
{% endif %}
