# Looks whether this host can become part of the cluster, before anything is changed on any host.
# Every obstacle is told at once. Changes nothing.
set -eu
problems=''
problem() {
    echo "obstacle: $*"
    problems="$problems${problems:+; }$*"
}

# --- what kind of machine this is
[ "$(id -u)" = 0 ] || problem "this must run as root"
[ "$(uname -s)" = Linux ] || problem "this host runs $(uname -s), not Linux"
echo "system: $(sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null | tr -d '"'), kernel $(uname -r), $(uname -m)"
[ -d /run/systemd/system ] || problem "systemd does not run on this host, and everything is started by it"
for program in tar gzip awk sed cmp sha256sum ip ss ping sysctl nsenter{{ " iptables runc mount conntrack" | own if host in cluster.nodes else "" }}{{ " nft" | own if cluster.proxy.mode == "nftables" and host in cluster.nodes else "" }}; do
    command -v "$program" >/dev/null 2>&1 || problem "the program $program is missing on this host"
done
{% if cluster.network.backend == "udp" %}
[ -c /dev/net/tun ] || problem "flannel's udp backend needs /dev/net/tun, which is not on this host"
{% endif %}

# --- room
space() {
    free=$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }')
    echo "free in $1: ${free:-unknown} MiB"
    [ "${free:-$2}" -ge "$2" ] ||
        problem "no space left: $1 has $free MiB free, $2 MiB are needed"
}
if [ "$(head -n 1 /var/lib/kwizard/artifacts/kubernetes.installed 2>/dev/null)" = {{ cluster.version }} ]; then
    space /var 200
else
    space /var 1500
    space /usr 1000
fi

# --- what the kernel does
{% if host in cluster.nodes %}
[ "$(wc -l </proc/swaps)" -le 1 ] || echo "note: this host has swap; pods do not use it"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    echo "cgroup v2: containers' groups are made by systemd"
else
{% if facts.refuses_cgroup_v1 and not cluster.kubelet.allow_cgroup_v1 %}
    problem "this host has cgroup v1, with which the kubelet of {{ cluster.version }} refuses to start: boot it with systemd.unified_cgroup_hierarchy=1, or say kubelet.allow_cgroup_v1: true in the cluster file"
{% else %}
    echo "note: this host has cgroup v1, which kubelets refuse from v1.35 on unless told otherwise{{ ", as this one is" | own if facts.refuses_cgroup_v1 }}"
{% endif %}
    on=" $(awk '$4 == 1 { print $1 }' /proc/cgroups | tr '\n' ' ')"
    for controller in cpu cpuacct memory cpuset pids; do
        case $on in *" $controller "*) continue ;; esac
        problem "the kernel's cgroup controller $controller is off, and the kubelet needs it"
    done
fi
{% endif %}

{% include "common/preflight-addresses.sh" %}
{% for listener in listeners(host) %}
name=$(holder {{ listener.protocol }} {{ listener.port }})
case $name in
    '' | {{ listener.owner[:15] }}) ;;
    *) problem "port {{ listener.port }}/{{ listener.protocol }}, which {{ listener.owner }} needs, is taken by $name" ;;
esac
{% endfor %}
for file in /usr/local/bin/k3s /var/lib/rancher/rke2 /var/snap/microk8s /var/lib/k0s /etc/kubernetes/admin.conf /var/lib/kubelet/kubeadm-flags.env; do
    [ ! -e "$file" ] || problem "another installation of Kubernetes is on this host: $file"
done
set -- kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet{{ " etcd" | own if host in cluster.etcd_members }} flanneld containerd{{ (" " ~ gateway if gateway else "") | own }}
# A line for each that runs: NAME FILE.
running=$(systemctl show --property=Id,ActiveState,FragmentPath "$@" 2>/dev/null | awk '
    BEGIN { RS = ""; FS = "\n" }
    {
        for (i = 1; i <= NF; i++) value[substr($i, 1, index($i, "=") - 1)] = substr($i, index($i, "=") + 1)
        if (value["ActiveState"] == "active") print value["Id"], value["FragmentPath"]
    }')
while read -r daemon file; do
    if [ -n "$file" ] && ! grep -q 'Written by kwizard' "$file"; then
        problem "${daemon%.service} runs here from $file, which is of another installation"
    fi
done <<RUNNING
$running
RUNNING
{% if host in cluster.etcd_members %}
if [ -d {{ etcd_data }} ] && [ "$(cat /var/lib/etcd/kwizard-cluster 2>/dev/null)" != {{ cluster.name | q }} ]; then
    problem "{{ etcd_data }} holds the data of another etcd cluster: move it away"
fi
{% endif %}
{% if host in cluster.nodes %}
# Pods that run keep the addresses they have: a node cannot go over to another store beneath them.
unit=/etc/systemd/system/flanneld.service
if grep -q 'Written by kwizard' "$unit" 2>/dev/null && {{ "! " | own if flannel_in_kube }}grep -q -e -kube-subnet-mgr "$unit"; then
    problem "flannel keeps this host's subnet in {{ "etcd, and not in kubernetes" | own if flannel_in_kube else "kubernetes, and not in etcd" | own }} as flannel.store says: say flannel.store: {{ "etcd" | own if flannel_in_kube else "kubernetes" | own }} in the cluster file, or reset the cluster and install anew"
fi
{% endif %}

if [ -n "$problems" ]; then
    echo "kwizard: $problems" >&2
    exit 1
fi
echo "nothing stands in the way"
