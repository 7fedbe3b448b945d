{% include "modern/lib/cgroup.inc.sh" %}

if [ "$systemd_cgroup" = true ]; then driver=systemd; else driver=cgroupfs; fi

# What systemd-resolved puts into /etc/resolv.conf answers on the host's own loopback, where no pod
# reaches it; its other file names the real servers.
resolver=/etc/resolv.conf
[ ! -e /run/systemd/resolve/resolv.conf ] || resolver=/run/systemd/resolve/resolv.conf

config_text() {
    cat <<CONFIG
# Written by kwizard, which overwrites what is changed here.
apiVersion: {{ facts.kubelet_config }}
kind: KubeletConfiguration
address: {{ host.address }}
authentication:
  anonymous:
    enabled: false
  webhook:
    enabled: true
  x509:
    clientCAFile: {{ pki }}/ca.crt
authorization:
  mode: Webhook
{% if joins_by_token %}
rotateCertificates: true
serverTLSBootstrap: true
{% else %}
tlsCertFile: {{ pki }}/kubelet.crt
tlsPrivateKeyFile: {{ pki }}/kubelet.key
{% endif %}
healthzBindAddress: 127.0.0.1
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cgroupDriver: $driver
{% if facts.refuses_cgroup_v1 and cluster.kubelet.allow_cgroup_v1 %}
failCgroupV1: false
{% endif %}
failSwapOn: false
clusterDomain: {{ cluster.network.domain }}
clusterDNS:
- {{ cluster.network.dns }}
resolvConf: $resolver
nodeStatusUpdateFrequency: 5s
{% if "control-plane" in host.roles and not cluster.control_plane_is_node %}
registerWithTaints:
- key: node-role.kubernetes.io/control-plane
  effect: NoSchedule
{% endif %}
CONFIG
}
