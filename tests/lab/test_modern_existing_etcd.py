"""A modern cluster with an etcd that somebody else runs, flannel's subnets in it too, and the udp
backend: installed from a bundle, given the certificates of another authority, and taken back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lab import foreign_etcd
from tests.lab.daemons import invocations, started_again
from tests.lab.footprint import Footprint, footprints
from tests.lab.modern import Modern, reach_the_service
from tests.lab.site import ADDRESSES, MASTER, NAMES, Site
from tests.lab.taken_back import EMPTY_CHAINS, as_before, failures, reset

pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(900)]

PODS = "10.244.0.0/16"
PKI = "/etc/kubernetes/pki"
THEIRS = foreign_etcd.PLACE
OWNER = "c3po"
IN_USE = {rf"^(files|sums): .*{THEIRS}/": "the owner's, who uses it and gave it new certificates"}


@dataclass
class Rested:
    """`cluster` rests on an etcd at `url`; its owner's certificates are in `folder`; `before` is
    what the hosts were when nothing but that etcd was there."""

    cluster: Modern
    url: str
    folder: Path
    before: dict[str, Footprint]
    options: tuple[str, ...]

    def held(self) -> list[str]:
        """Every key in it, as its owner sees them."""
        ask = f"$(find {THEIRS} -type f -name etcdctl) --endpoints={self.url}"
        ask += f" --cacert={THEIRS}/ca.crt --cert={THEIRS}/server.crt --key={THEIRS}/server.key"
        return self.cluster.site.on(OWNER, f"{ask} get --prefix --keys-only /").split()


def change(site: Site, section: str, **keys: Any) -> None:
    """Keys of the site's cluster file."""
    document = yaml.safe_load(site.file.read_text())
    document.setdefault(section, {}).update(keys)
    site.file.write_text(yaml.safe_dump(document, sort_keys=False))


def bundled(site: Site) -> str:
    """A bundle of all files the site's cluster file names, which names none of them after that."""
    bundle = str(site.folder / "all.tar")
    made = site.kwizard("bundle", "create", str(site.file), "-o", bundle)
    assert made.returncode == 0, made.stderr
    document = yaml.safe_load(site.file.read_text())
    for section in ("release", "runtime", "images"):
        del document[section]
    del document["etcd"]["binaries"], document["flannel"]["binary"]
    site.file.write_text(yaml.safe_dump(document, sort_keys=False))
    return bundle


def started_pods(cluster: Modern) -> set[tuple[str, int]]:
    """Each pod, and how often a container in it was started again."""
    pods = json.loads(cluster.kubectl("get pods -A -o json"))["items"]
    return {
        (p["metadata"]["uid"], sum(c["restartCount"] for c in p["status"]["containerStatuses"]))
        for p in pods
    }


@pytest.fixture(scope="class")
def rested(bare_site: Callable[..., Site], measured: Callable[[str], None]) -> Iterator[Rested]:
    """Everything kwizard knows of that etcd is in the cluster file; all else comes in a bundle."""
    site = bare_site(recipe="modern", backend="udp", store="etcd")
    folder = site.folder / "theirs"
    url = foreign_etcd.start(site, OWNER, folder)
    before = footprints(site)
    files = {"ca": "theirs/ca.crt", "cert": "theirs/client.crt", "key": "theirs/client.key"}
    change(site, "etcd", mode="existing", endpoints=[url], **files)
    options = ("--bundle", bundled(site))
    events = site.apply(*options)
    measured(f"modern, existing etcd, udp: {events[-1]['seconds']:.1f}")
    yield Rested(Modern(site, site.lab.layout.name), url, folder, before, options)
    site.lab.down(wipe=True)


class TestExistingEtcd:
    def test_the_cluster_is_whole_and_says_how_that_etcd_is(self, rested: Rested):
        seen = rested.cluster.well()
        assert rested.cluster.ready_nodes() == dict.fromkeys(NAMES, "True")
        assert [c["received"] >= 1 for c in seen["matrix"]["cells"]] == [True] * 27
        components = {c["name"]: c["status"] for c in seen["components"]}
        assert components[f"etcd-{ADDRESSES[OWNER]}"] == "Healthy"
        reach_the_service(rested.cluster)

    def test_cluster_and_subnets_are_in_it_and_no_host_has_a_member(self, rested: Rested):
        keys = rested.held()
        assert "/registry/namespaces/kube-system" in keys
        assert len([k for k in keys if k.startswith("/atomic.io/network/subnets/")]) == len(NAMES)
        for name in NAMES:
            site = rested.cluster.site
            assert site.lab.run(name, "systemctl cat etcd.service").returncode != 0
            assert "flannel0" in site.on(name, f"ip -4 route show {PODS}")

    def test_its_key_is_on_every_node_and_in_no_record(self, rested: Rested):
        state = rested.cluster.state
        for name in NAMES:
            mode = rested.cluster.site.on(name, f"stat -c '%a %U' {PKI}/etcd-client.key")
            assert mode.split() == ["600", "root"]
        key = (rested.folder / "client.key").read_text().splitlines()[5]
        for path in (state / "journal.jsonl", *(state / "logs").glob("*")):
            assert key not in path.read_text()

    def test_a_second_apply_runs_no_script(self, rested: Rested):
        rested.cluster.site.apply_again(*rested.options)

    def test_another_authority_is_taken_and_pods_go_on(self, rested: Rested):
        """Only who holds on to the former one is started again; controller manager and scheduler
        end by themselves when they cannot say for 10 s that they lead."""
        cluster, site = rested.cluster, rested.cluster.site
        running, pods = invocations(site), started_pods(cluster)
        foreign_etcd.renew(site, OWNER, rested.folder)
        site.apply(*rested.options)

        cluster.whole()
        again = started_again(running, invocations(site))
        leading = {(MASTER, "kube-controller-manager"), (MASTER, "kube-scheduler")}
        assert again - leading == {(MASTER, "kube-apiserver"), *((n, "flanneld") for n in NAMES)}
        assert started_pods(cluster) == pods
        for name in NAMES:
            assert site.on(name, f"cat {PKI}/etcd-ca.crt") == (rested.folder / "ca.crt").read_text()

    def test_a_reset_leaves_the_hosts_as_they_were_and_that_etcd_to_its_owner(self, rested: Rested):
        status, events = reset(rested.cluster.site)
        assert (status, failures(events)) == (0, [])
        as_before(rested.cluster.site, rested.before, EMPTY_CHAINS | IN_USE)
        assert "/registry/namespaces/kube-system" in rested.held()
