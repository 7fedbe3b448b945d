"""What each option changes on the hosts, in a few lines: (control, answer) to sentences.

An empty answer stands for all of them.
"""

from __future__ import annotations

MEANINGS: dict[tuple[str, str], tuple[str, ...]] = {
    ("supervisor", "systemd"): (
        "One unit a daemon in /etc/systemd/system, started at boot, restarted when it fails.",
        "Logs: journalctl -u kube-apiserver",
    ),
    ("supervisor", "nohup"): (
        "As the article types it: nohup DAEMON ... &",
        "Logs in /var/log/DAEMON.log.",
        "After a reboot nothing starts by itself.",
    ),
    ("control-plane-is-node", "no"): (
        "The control plane runs no pods. It runs kube-proxy and flannel, no kubelet.",
    ),
    ("control-plane-is-node", "yes"): (
        "The control plane gets a kubelet too and runs pods like the workers.",
        "A busy pod can then slow the apiserver down.",
    ),
    ("etcd-mode", "docker"): (
        "A container called etcd on each etcd host, ports 2379 and 2380, data in /var/lib/etcd.",
        "Docker is later restarted host by host, only while etcd keeps its quorum.",
    ),
    ("etcd-mode", "systemd"): (
        "A unit etcd.service on each etcd host, data in /var/lib/etcd.",
        "A restart of docker leaves it alone.",
    ),
    ("etcd-mode", "existing"): (
        "Nothing is started: the endpoints you give are checked and used.",
        "Kubernetes and flannel write their keys there.",
    ),
    ("etcd-endpoints", ""): (
        "Client URLs of the etcd that is there, separated by spaces:",
        "http://10.0.63.202:2379 http://10.0.63.203:2379",
    ),
    ("backend", "udp"): (
        "flannel carries packets through a program, in UDP port 8285. MTU 1472.",
        "The article's choice. Works everywhere, slowest.",
    ),
    ("backend", "vxlan"): (
        "The kernel carries packets, in UDP port 8472. MTU 1450.",
        "Fast; keeps going while flanneld restarts.",
    ),
    ("backend", "host-gw"): (
        "Plain routes between the hosts, no wrapping. MTU 1500.",
        "Fastest; every host must be in one layer-2 network.",
    ),
    ("pods", ""): (
        "flannel gives each host a /24 out of it, and docker that /24.",
        "It should not contain the hosts' own network.",
        "Where it does, as in the article, leases are kept off the hosts' subnets.",
    ),
    ("services", ""): (
        "Addresses of services: no interface has them, kube-proxy redirects them.",
        "They meet neither pods nor hosts.",
    ),
    ("dns", ""): (
        "Given to every kubelet as --cluster-dns; must lie in the service range.",
        "Pods ask there once a DNS service is installed.",
    ),
    ("domain", ""): ("The ending of service names: web.default.svc.cluster.local.",),
    ("docker-install", "yes"): (
        "Where docker is missing it is installed from the distribution's packages.",
        "Where it is there, it is used as it is.",
    ),
    ("docker-install", "no"): ("Hosts without docker stop the installation in its first phase.",),
    ("zone", ""): (
        "Where firewalld runs, the ports the cluster needs are opened in this zone.",
        "Empty: in the zone the interface is in, where opening has an effect.",
        "Where no firewalld runs, the steps are skipped and say so.",
    ),
    ("move-interface", "yes"): (
        "The interface is put into the zone named above where it is in another one.",
        "What that zone does not open is then closed on that interface.",
    ),
    ("move-interface", "no"): ("Zones keep their interfaces.",),
}
