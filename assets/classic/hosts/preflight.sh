# Looks whether this host can become part of the cluster, before anything is changed on any host.
# Every obstacle is told at once. Changes nothing.
set -eu
problems=''
problem() {
    echo "obstacle: $*"
    problems="$problems${problems:+; }$*"
}
{% include "classic/lib/etcd.sh" %}

# --- what kind of machine this is
[ "$(id -u)" = 0 ] || problem "this must run as root"
[ "$(uname -s)" = Linux ] || problem "this host runs $(uname -s), not Linux"
echo "system: $(sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null | tr -d '"'), kernel $(uname -r), $(uname -m)"
if [ ! -d /run/systemd/system ]; then
    problem "systemd does not run on this host: docker, at least, is started by it"
fi
for program in tar gzip awk sed od sha256sum ip ss ping iptables setsid; do
    command -v "$program" >/dev/null 2>&1 || problem "the program $program is missing on this host"
done
command -v curl >/dev/null 2>&1 || command -v wget >/dev/null 2>&1 ||
    problem "neither curl nor wget is on this host; one of them is needed to ask etcd and the API how they are"
{% if not cluster.docker.install %}
command -v dockerd >/dev/null 2>&1 ||
    problem "docker is missing on this host, and docker.install is off in the cluster file"
{% endif %}
{% if not cluster.flannel.binary %}
command -v flanneld >/dev/null 2>&1 || command -v dnf >/dev/null 2>&1 || command -v yum >/dev/null 2>&1 ||
    problem "flanneld is missing, and this distribution packages none: name flannel.binary in the cluster file"
{% endif %}
{% if cluster.network.backend == "udp" %}
[ -c /dev/net/tun ] || problem "flannel's udp backend needs /dev/net/tun, which is not on this host"
{% endif %}

# --- room
{% set release = programs(host) | length > 0 %}
space() {
    free=$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }')
    echo "free in $1: ${free:-unknown} MiB"
    [ "${free:-$2}" -ge "$2" ] ||
        problem "no space left: $1 has $free MiB free, $2 MiB are needed"
}
if [ "$(head -n 1 /var/lib/kwizard/release/installed 2>/dev/null)" = {{ cluster.version }} ]; then
    space /var 200
else
    space /var {{ 1000 if release else 500 }}
    space /usr {{ 600 if release else 100 }}
fi

# --- what the kernel does
{% if host in cluster.nodes %}
[ "$(wc -l </proc/swaps)" -le 1 ] || echo "note: this host has swap; the kubelet is told to put up with it"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
{% if has_cgroup_v2 %}
    echo "note: this host has cgroup v2 only"
{% else %}
    problem "this host has cgroup v2 only, which no kubelet of {{ cluster.version }} knows: boot it with systemd.unified_cgroup_hierarchy=0"
{% endif %}
else
    for controller in cpu cpuacct memory cpuset; do
        awk -v name="$controller" '$1 == name && $4 == 1 { found = 1 } END { exit !found }' /proc/cgroups ||
            problem "the kernel's cgroup controller $controller is off, and the kubelet needs it"
    done
fi
{% endif %}

{% include "common/preflight-addresses.sh" %}
{% for listener in listeners(host) %}
name=$(holder {{ listener.protocol }} {{ listener.port }})
case $name in
    '' | {{ listener.owner[:15] }}{{ " | rootlessport" | own if listener.owner == "docker-proxy" }}) ;;
    *) problem "port {{ listener.port }}/{{ listener.protocol }}, which {{ listener.owner }} needs, is taken by $name" ;;
esac
{% endfor %}
for file in /usr/local/bin/k3s /var/lib/rancher/rke2 /var/snap/microk8s /var/lib/k0s /etc/kubernetes/admin.conf /var/lib/kubelet/kubeadm-flags.env; do
    [ ! -e "$file" ] || problem "another installation of Kubernetes is on this host: $file"
done
for daemon in kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet; do
    file=$(systemctl show --property=FragmentPath "$daemon.service" 2>/dev/null | sed 's/^FragmentPath=//')
    if [ -n "$file" ] && systemctl is-active --quiet "$daemon.service" && ! grep -q kwizard "$file"; then
        problem "$daemon runs here from $file, which is of another installation"
    fi
done
{% if cluster.etcd.mode != "existing" and "etcd" in host.roles %}
if [ -d /var/lib/etcd/{{ host.name }}.etcd ] &&
    [ "$(cat /var/lib/etcd/kwizard-cluster 2>/dev/null)" != {{ cluster.name | q }} ]; then
    problem "/var/lib/etcd/{{ host.name }}.etcd holds the data of another etcd cluster: move it away, or set etcd.mode: existing"
fi
{% if etcd_conflict %}
problem {{ etcd_conflict | q }}
{% endif %}
{% endif %}
{% if cluster.etcd.mode == "existing" %}

# --- the etcd that is there already
{% for endpoint in endpoints %}
if ! version=$(fetch {{ endpoint }}/version); then
    problem "etcd at {{ endpoint }} does not answer this host"
else
    echo "etcd at {{ endpoint }}: $version"
    healthy {{ endpoint }} || problem "etcd at {{ endpoint }} is not healthy: it has no quorum, or is ill itself"
{% if needs_v3 %}
    case $version in
        *'"etcdserver":"'[3-9]*) ;;
        *) problem "etcd at {{ endpoint }} does not speak the v3 API, which {{ v3_reason | own }} needs" ;;
    esac
{% endif %}
{% if needs_v2 %}
    fetch {{ endpoint }}/v2/keys >/dev/null ||
        problem "etcd at {{ endpoint }} does not speak the v2 API, which {{ v2_reason | own }} needs: start it with --enable-v2=true"
{% endif %}
fi
{% endfor %}
{% endif %}

if [ -n "$problems" ]; then
    echo "kwizard: $problems" >&2
    exit 1
fi
echo "nothing stands in the way"
