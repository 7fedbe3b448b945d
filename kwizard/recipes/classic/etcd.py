"""etcd's steps: a container a host as in the article, a unit a host, or nothing where it exists."""

from __future__ import annotations

from collections.abc import Iterator

from kwizard.cluster.model import Cluster, EtcdMode, Role
from kwizard.recipes.classic import values
from kwizard.recipes.classic.kinds import place, script
from kwizard.recipes.step import After, Retry, Step, every, names, same


def etcd_steps(cluster: Cluster) -> Iterator[Step]:
    """What gives the cluster its own etcd, up to its start; waiting comes later."""
    members = names(cluster.with_role(Role.ETCD))
    ready = every("hosts/record")
    if cluster.etcd.mode is EtcdMode.DOCKER:
        chains = same("hosts/docker-chains")
        brought: tuple[After, ...] = ()
        if cluster.etcd.archive:
            brought = (same("hosts/etcd-archive"),)
            yield place(
                "hosts/etcd-archive",
                "Bring the archive of etcd's image",
                members,
                ready,
                artifact="etcd-archive",
                target=values.ETCD_ARCHIVE,
                probe="hosts/etcd-image",
            )
        yield script(
            "hosts/etcd-image",
            "Give docker the image of etcd",
            members,
            chains,
            *brought,
            exclusive=False,
            retry=Retry(attempts=3, delay=5),
            timeout=1800,
            hint="where no registry can be reached, save the image elsewhere with 'docker save' and"
            " name the file as etcd.archive",
        )
        yield script(
            "hosts/etcd",
            "Start etcd in docker",
            members,
            same("hosts/etcd-image"),
            hint="'docker logs etcd' on that host tells why it does not stay up",
        )
    elif cluster.etcd.mode is EtcdMode.SYSTEMD:
        needed: tuple[After, ...] = (ready, same("hosts/firewall"))
        if cluster.etcd.binaries:
            yield place(
                "hosts/etcd-bring",
                "Bring the archive of etcd",
                members,
                ready,
                artifact="etcd-binaries",
                target=values.ETCD_BINARIES,
                probe="hosts/etcd-binaries",
            )
            yield script(
                "hosts/etcd-binaries",
                "Unpack etcd into /usr/bin",
                members,
                same("hosts/etcd-bring"),
                exclusive=False,
                hint="etcd.binaries is a tarball with etcd and etcdctl for the hosts' architecture",
            )
            needed = (*needed, same("hosts/etcd-binaries"))
        yield script(
            "hosts/etcd",
            "Start etcd as a unit of systemd",
            members,
            *needed,
            asset="classic/hosts/etcd-unit",
            hint="journalctl -u etcd on that host tells more",
        )
