"""Valid clusters of every shape the model can hold."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from hypothesis import strategies as st

from kwizard.cluster.check import check
from kwizard.cluster.model import (
    SSH,
    ApiServer,
    Backend,
    Cluster,
    Docker,
    Etcd,
    EtcdMode,
    Firewall,
    Flannel,
    Host,
    Network,
    Release,
    Role,
    Supervisor,
    Version,
)

names = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,12}[a-z0-9])?", fullmatch=True)
# words that YAML would read as something else, and signs that need quotes
paths = st.one_of(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Zl", "Zp", "Cs", "Cn")),
        min_size=1,
        max_size=30,
    ).filter(lambda t: bool(t.strip())),
    st.sampled_from(
        ["~/k.tar.gz", "no", "1.20", "0x1f", "null", "a: b", "#x", "- y", "*z", "=", "<<"]
    ),
)
versions = st.builds(Version, st.just(1), st.integers(0, 19), st.integers(0, 99))
flannels = st.builds(Version, st.just(0), st.integers(0, 28), st.integers(0, 20))
images = st.sampled_from(
    ["etcd", "quay.io/coreos/etcd:v3.4.23", "localhost:5000/a/b@sha256:" + "0" * 64]
)

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6Xq6fFmI2L5C5rH2cD5c5n0mQbWQ3o2Jm3v0kq8b1Z"


def maybe(strategy):
    return st.none() | strategy


def ssh(index: int):
    return st.builds(
        SSH,
        address=st.sampled_from([None, f"10.1.63.{index}", f"gate-{index}.example", f"h{index}"]),
        user=maybe(st.sampled_from(["root", "centos", "no", "1000"])),
        port=maybe(st.integers(1, 65535)),
        identity=maybe(paths),
        host_key=maybe(st.just(HOST_KEY)),
        jump=maybe(st.sampled_from(["gate", "me@gate:2222", "[2001:db8::1]:22"])),
    )


@st.composite
def networks(draw):
    pods = draw(
        st.sampled_from(
            ["10.0.0.0/16", "10.244.0.0/16", "10.0.0.0/10", "172.16.0.0/12", "192.168.64.0/18"]
        )
    )
    services = IPv4Network(
        draw(st.sampled_from(["10.254.0.0/16", "10.96.0.0/12", "10.254.0.0/28"]))
    )
    dns = services[draw(st.integers(2, services.num_addresses - 2))]
    return Network(
        pods=IPv4Network(pods),
        services=services,
        dns=dns,
        domain=draw(st.sampled_from(["cluster.local", "k8s", "a-b.c"])),
        backend=draw(st.sampled_from(Backend)),
        prefix=draw(st.sampled_from(["/atomic.io/network", "/coreos.com/network"])),
    )


@st.composite
def releases(draw: st.DrawFn) -> Release:
    """Where programs come from: not from hosts and from elsewhere as well."""
    sha256 = draw(st.sampled_from([None, "0" * 64, "1" * 64, "ab" * 32]))
    if draw(st.booleans()):
        return Release(on_hosts=True, sha256=sha256)
    mirrors = [None, "http://10.9.9.9:8000/k8s", "https://m.example"]
    mirror = draw(st.sampled_from(mirrors))
    return Release(tarball=draw(maybe(paths)), mirror=mirror, sha256=sha256)


@st.composite
def clusters(draw):
    count = draw(st.integers(1, 6))
    given_names = draw(st.lists(names, min_size=count, max_size=count, unique=True))
    hosts = tuple(
        Host(
            name=name,
            address=IPv4Address("10.0.63.1") + index,
            roles=frozenset(draw(st.sets(st.sampled_from([Role.WORKER, Role.ETCD])))),
            labels=draw(st.sampled_from([(), ("disk=ssd", "a.b/c="), ("no=yes",)])),
            taints=draw(st.sampled_from([(), ("d=db:NoSchedule", "x:NoExecute")])),
            ssh=draw(ssh(index)),
        )
        for index, name in enumerate(given_names)
    )
    master = draw(st.integers(0, count - 1))
    mode = draw(st.sampled_from(EtcdMode))
    extra = {Role.CONTROL_PLANE, Role.ETCD, Role.WORKER}
    hosts = tuple(
        replace(h, roles=h.roles | (extra if i == master else set())) for i, h in enumerate(hosts)
    )
    endpoints = ("http://10.0.63.1:2379", "https://other:1/") if mode is EtcdMode.EXISTING else ()
    zone = draw(st.sampled_from([None, "dmz", "no"]))
    cluster = Cluster(
        name=draw(names),
        version=draw(versions),
        hosts=hosts,
        supervisor=draw(st.sampled_from(Supervisor)),
        control_plane_is_node=draw(st.booleans()),
        network=draw(networks()),
        etcd=Etcd(
            mode=mode,
            endpoints=endpoints,
            image=draw(images),
            archive=draw(maybe(paths)),
            binaries=draw(maybe(paths)),
            ca=draw(maybe(paths)),
            cert=draw(maybe(paths)),
            key=draw(maybe(paths)),
        ),
        apiserver=ApiServer(
            audit=draw(st.booleans()),
            names=draw(st.sampled_from([(), ("api.example",), ("*.k8s", "203.0.113.7", "a::1")])),
        ),
        flannel=Flannel(version=draw(flannels), binary=draw(maybe(paths))),
        release=draw(releases()),
        docker=Docker(
            install=draw(st.booleans()),
            pause_image=draw(maybe(images)),
            pause_archive=draw(maybe(paths)),
        ),
        firewall=Firewall(zone=zone, move_interface=zone is not None and draw(st.booleans())),
    )
    assert [p for p in check(cluster) if p.blocks] == []
    return cluster
