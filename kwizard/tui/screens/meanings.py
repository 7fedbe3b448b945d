"""What each option means, in a few sentences; what it changes on the hosts is read off the plan."""

from __future__ import annotations

from kwizard.cluster.finding import Path as Place
from kwizard.cluster.model import RecipeName
from kwizard.language import N_, _
from kwizard.tui.answers import ident_of

Meanings = dict[tuple[str, str], tuple[str, ...]]
"""By control and answer; an empty answer stands for all of them."""


def meaning(recipe: RecipeName, place: Place, answer: str) -> tuple[str, ...]:
    """Sentences about that answer to that key, or about the key; none for what needs none."""
    ident = ident_of(place)
    for known in (MODERN, MEANINGS) if recipe is RecipeName.MODERN else (MEANINGS,):
        found = known.get((ident, answer)) or known.get((ident, ""))
        if found:
            return tuple(map(_, found))
    return ()


MODERN: Meanings = {
    ("control-plane-is-node", "no"): (
        N_("The control plane has a kubelet and a taint that keeps ordinary pods away."),
    ),
    ("control-plane-is-node", "yes"): (
        N_("The control plane runs pods like the workers: it gets no taint."),
        N_("A busy pod can then slow the API down."),
    ),
    ("etcd-mode", "systemd"): (
        N_("A unit etcd.service on each etcd host, with TLS for clients and members."),
    ),
    ("etcd-mode", "existing"): (
        N_("No etcd is started: the one at the endpoints you give is checked and used, with TLS."),
        N_("It must hold no other Kubernetes cluster."),
    ),
    ("etcd-ca", ""): (
        N_("The certificate of who signed those of etcd's members: a PEM file here."),
    ),
    ("etcd-cert", ""): (N_("What this cluster shows to etcd: a PEM file here."),),
    ("etcd-key", ""): (
        N_("The key of that certificate. It goes to the hosts that ask etcd, and to no others."),
    ),
    ("flannel-store", "kubernetes"): (
        N_("Kubernetes gives each node a subnet; only the control plane can open etcd."),
        N_("A cluster that stands keeps the store it has."),
    ),
    ("flannel-store", "etcd"): (
        N_(
            "As the article has it: flannel leases subnets in etcd, before any Kubernetes is there."
        ),
        N_("Every node then holds a key that opens all of etcd, Secrets included."),
        N_("A cluster that stands keeps the store it has."),
    ),
    ("network-pods", ""): (
        N_("flannel gives each host a /24 out of it, and its pods addresses of that /24."),
        N_("It should not contain the hosts' own network."),
    ),
    ("network-dns", ""): (
        N_("The address of CoreDNS, given to every kubelet; it lies in the service range."),
    ),
}
"""Where an answer means something else in the modern recipe."""

MEANINGS: Meanings = {
    ("recipe", "modern"): (
        N_("A current Kubernetes: TLS everywhere, containerd, everything under systemd."),
        N_("From v1.34 on."),
    ),
    ("recipe", "classic"): (
        N_("As the article has it: docker, no TLS, an API without a password."),
        N_("Up to v1.19. For learning, in a network of its own."),
    ),
    ("proxy-mode", "iptables"): (
        N_("kube-proxy carries service addresses to pods with rules of iptables."),
    ),
    ("proxy-mode", "nftables"): (
        N_("kube-proxy writes rules of nftables: faster with many services."),
        N_("The hosts need the program nft and a kernel from 5.13 on."),
    ),
    ("kubelet-join", "bootstrap-token"): (
        N_("Each kubelet makes a key of its own and asks the cluster for its certificates."),
        N_(
            "The token it asks with ends soon; what it asks for is looked at before it is approved."
        ),
    ),
    ("kubelet-join", "certificates"): (
        N_("The kubelets' certificates are made on this machine and brought to the hosts."),
    ),
    ("apiserver-names", ""): (
        N_("DNS names and addresses the API is reached by beside those of its hosts, with spaces"),
        N_(
            "between: of a load balancer, a public name. Its certificates are made out to them too;"
        ),
        N_("without that, clients that come by such a name refuse it."),
    ),
    ("apiserver-audit", "yes"): (N_("The API server writes down who changed what."),),
    ("apiserver-audit", "no"): (N_("Nobody can tell later who changed what."),),
    ("apiserver-encrypt-secrets", "no"): (
        N_("Secrets lie in etcd as they are: who reads its disk or a backup reads them."),
    ),
    ("apiserver-encrypt-secrets", "yes"): (
        N_("Secrets are encrypted in etcd with a key on the control-plane hosts."),
    ),
    ("kubelet-allow-cgroup-v1", "no"): (
        N_("On a host with cgroup v1 the installation stops in its first phase and says so."),
        N_("Kubelets from v1.35 on refuse cgroup v1; hosts with cgroup v2 are not concerned."),
    ),
    ("kubelet-allow-cgroup-v1", "yes"): (
        N_("You know that a host has cgroup v1 and want its kubelet to run there all the same."),
        N_("It is on its way out of Kubernetes: plan to boot such hosts with cgroup v2."),
    ),
    ("supervisor", "systemd"): (
        N_("One unit a daemon in /etc/systemd/system, started at boot and after a failure."),
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
        N_("A container called etcd on each etcd host, its data in /var/lib/etcd."),
        N_("Ports 2379 and 2380."),
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
    ("network-backend", "udp"): (
        N_("flannel carries packets through a program, in UDP port 8285. MTU 1472."),
        N_("The article's choice. Works everywhere, slowest."),
    ),
    ("network-backend", "vxlan"): (
        N_("The kernel carries packets, in UDP port 8472. MTU 1450."),
        N_("Fast; keeps going while flanneld restarts."),
    ),
    ("network-backend", "host-gw"): (
        N_("Plain routes between the hosts, no wrapping. MTU 1500."),
        N_("Fastest; every host must be in one layer-2 network."),
    ),
    ("network-pods", ""): (
        N_("flannel gives each host a /24 out of it, and docker that /24."),
        N_("It should not contain the hosts' own network."),
        N_("Where it does, as in the article, leases are kept off the hosts' subnets."),
    ),
    ("network-services", ""): (
        N_("Addresses of services: no interface has them, kube-proxy redirects them."),
        N_("They meet neither pods nor hosts."),
    ),
    ("network-dns", ""): (
        N_("Given to every kubelet as --cluster-dns; must lie in the service range."),
        N_("Pods ask there once a DNS service is installed."),
    ),
    ("network-domain", ""): (_("The ending of service names: web.default.svc.cluster.local."),),
    ("docker-install", "yes"): (
        N_("Where docker is missing it is installed from the distribution's packages."),
        N_("Where it is there, it is used as it is."),
    ),
    ("docker-install", "no"): (
        N_("Hosts without docker stop the installation in its first phase."),
    ),
    ("firewall-zone", ""): (
        N_("Where firewalld runs, the ports the cluster needs are opened in this zone."),
        N_("Empty: in the zone the interface is in, where opening has an effect."),
        N_("Where no firewalld runs, the steps are skipped and say so."),
    ),
    ("firewall-move-interface", "yes"): (
        N_("The interface is put into the zone named above where it is in another one."),
        N_("What that zone does not open is then closed on that interface."),
    ),
    ("firewall-move-interface", "no"): (_("Zones keep their interfaces."),),
}
