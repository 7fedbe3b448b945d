# kube-proxy sets these, and ends where it may not: inside a container the machine decides them.
# The mode is asked too, since root's "test -w" believes in a file the kernel will not write.
settable() {
    [ ! -e "$1" ] && return
    case $(stat -c %A "$1") in -?w*) [ -w "$1" ] ;; *) return 1 ;; esac
}
conntrack_text() {
    settable /proc/sys/net/netfilter/nf_conntrack_max || printf '  maxPerCore: 0\n  min: 0\n'
    settable /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established ||
        printf '  tcpEstablishedTimeout: 0s\n'
    settable /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait ||
        printf '  tcpCloseWaitTimeout: 0s\n'
}
config_text() {
    cat <<CONFIG
# Written by kwizard, which overwrites what is changed here.
apiVersion: {{ facts.proxy_config }}
kind: KubeProxyConfiguration
mode: {{ cluster.proxy.mode }}
clusterCIDR: {{ cluster.network.pods }}
hostnameOverride: {{ host.name }}
clientConnection:
  kubeconfig: /etc/kubernetes/kube-proxy.kubeconfig
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
CONFIG
    conntrack=$(conntrack_text)
    [ -z "$conntrack" ] || printf 'conntrack:\n%s\n' "$conntrack"
}
