"""What each option changes on the hosts, in a few lines: (control, answer) to sentences.

An empty answer stands for all of them.
"""

from __future__ import annotations

from kwizard.language import N_

MEANINGS: dict[tuple[str, str], tuple[str, ...]] = {
    ("supervisor", "systemd"): (
        N_("One unit a daemon in /etc/systemd/system, started at boot, restarted when it fails."),
        N_("Logs: journalctl -u kube-apiserver"),
    ),
    ("supervisor", "nohup"): (
        N_("As the article types it: nohup DAEMON ... &"),
        N_("Logs in /var/log/DAEMON.log."),
        N_("After a reboot nothing starts by itself."),
    ),
    ("control-plane-is-node", "no"): (
        N_("The control plane runs no pods. It runs kube-proxy and flannel, no kubelet."),
    ),
    ("control-plane-is-node", "yes"): (
        N_("The control plane gets a kubelet too and runs pods like the workers."),
        N_("A busy pod can then slow the apiserver down."),
    ),
    ("etcd-mode", "docker"): (
        N_(
            "A container called etcd on each etcd host, ports 2379 and 2380, data in /var/lib/etcd."
        ),
        N_("Docker is later restarted host by host, only while etcd keeps its quorum."),
    ),
    ("etcd-mode", "systemd"): (
        N_("A unit etcd.service on each etcd host, data in /var/lib/etcd."),
        N_("A restart of docker leaves it alone."),
    ),
    ("etcd-mode", "existing"): (
        N_("Nothing is started: the endpoints you give are checked and used."),
        N_("Kubernetes and flannel write their keys there."),
    ),
    ("etcd-endpoints", ""): (
        N_("Client URLs of the etcd that is there, separated by spaces:"),
        N_("http://10.0.63.202:2379 http://10.0.63.203:2379"),
    ),
    ("backend", "udp"): (
        N_("flannel carries packets through a program, in UDP port 8285. MTU 1472."),
        N_("The article's choice. Works everywhere, slowest."),
    ),
    ("backend", "vxlan"): (
        N_("The kernel carries packets, in UDP port 8472. MTU 1450."),
        N_("Fast; keeps going while flanneld restarts."),
    ),
    ("backend", "host-gw"): (
        N_("Plain routes between the hosts, no wrapping. MTU 1500."),
        N_("Fastest; every host must be in one layer-2 network."),
    ),
    ("pods", ""): (
        N_("flannel gives each host a /24 out of it, and docker that /24."),
        N_("It should not contain the hosts' own network."),
        N_("Where it does, as in the article, leases are kept off the hosts' subnets."),
    ),
    ("services", ""): (
        N_("Addresses of services: no interface has them, kube-proxy redirects them."),
        N_("They meet neither pods nor hosts."),
    ),
    ("dns", ""): (
        N_("Given to every kubelet as --cluster-dns; must lie in the service range."),
        N_("Pods ask there once a DNS service is installed."),
    ),
    ("domain", ""): (N_("The ending of service names: web.default.svc.cluster.local."),),
    ("docker-install", "yes"): (
        N_("Where docker is missing it is installed from the distribution's packages."),
        N_("Where it is there, it is used as it is."),
    ),
    ("docker-install", "no"): (
        N_("Hosts without docker stop the installation in its first phase."),
    ),
    ("zone", ""): (
        N_("Where firewalld runs, the ports the cluster needs are opened in this zone."),
        N_("Empty: in the zone the interface is in, where opening has an effect."),
        N_("Where no firewalld runs, the steps are skipped and say so."),
    ),
    ("move-interface", "yes"): (
        N_("The interface is put into the zone named above where it is in another one."),
        N_("What that zone does not open is then closed on that interface."),
    ),
    ("move-interface", "no"): (N_("Zones keep their interfaces."),),
}
