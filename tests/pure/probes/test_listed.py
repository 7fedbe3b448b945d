"""componentstatus beside the true checks: it stands there, and decides nothing."""

from __future__ import annotations

from kwizard.monitor.listed import WHY, beside
from kwizard.monitor.snapshot import take
from kwizard.monitor.view import matching
from kwizard.probes import controlplane
from kwizard.probes.components import Component
from kwizard.remote.host import Output
from tests.pure.probes.recorded import DATA, output
from tests.pure.recipes.modern_clusters import current, highly_available

from .test_snapshot_ha import Answering

LISTED = controlplane.parse(output(DATA / "control-plane" / "listed.txt"))


class Listing(Answering):
    """A control plane whose componentstatus is wrong about its controller manager."""

    async def look(self, script: str, *, timeout: float = 30.0, limit: int = 4 << 20) -> Output:
        if script.startswith("# Asks the API server, "):
            return output(DATA / "control-plane/listed.txt")
        return await super().look(script, timeout=timeout, limit=limit)


def test_a_row_has_the_checks_of_all_it_may_stand_for():
    seen = controlplane.together({"anakin": LISTED, "boba": LISTED})
    rows = {found.row.name: found for found in beside(seen.listed, seen.rows)}
    assert seen.listed_by == "anakin"
    assert [host for host, _ in rows["scheduler"].named()] == ["anakin", "boba"]
    assert [host for host, _ in rows["etcd-0"].named()] == ["anakin", "boba", "c3po"]
    assert not rows["scheduler"].differs
    assert rows["controller-manager"].differs


def test_a_part_nobody_could_ask_is_no_contradiction():
    row = Component(name="scheduler", status="Healthy")
    unknown = Component(name="kube-scheduler", status="Unknown", error="it cannot be asked")
    stopped = Component(name="kube-scheduler", status="Unhealthy", error="refused")
    assert not beside((row,), (unknown,))[0].differs
    assert beside((row,), (stopped,))[0].differs


def test_the_first_that_gives_the_table_is_named():
    silent = controlplane.parse(output(DATA / "control-plane" / "api-stopped.txt"))
    seen = controlplane.together({"anakin": None, "boba": silent, "c3po": LISTED})
    assert seen.listed_by == "c3po"
    assert controlplane.together({"anakin": None, "boba": silent}).listed == ()


async def test_a_wrong_table_makes_no_cluster_ill_and_is_told_with_the_reason():
    cluster = highly_available()
    seen = await take({h.name: Listing(h.name) for h in cluster.hosts}, cluster, matrix="none")
    assert all(c.ok for c in seen.components)
    assert not [f for f in seen.faults if "controller-manager" in f and "componentstatus" in f]
    told = seen.summary()
    assert "kubectl get componentstatuses, asked of anakin:" in told
    assert WHY in told
    (row,) = [line for line in told if line.startswith("controller-manager ")]
    assert "Unhealthy" in row
    assert "anakin Healthy, boba Healthy, c3po Healthy" in row
    document = seen.to_json()
    assert [c["status"] for c in document["componentstatuses"]] == [
        "Unhealthy", "Healthy", "Healthy",
    ]  # fmt: skip
    assert {c["status"] for c in document["components"]} == {"Healthy"}
    assert [c.name for c in matching(seen, "etcd").listed] == ["etcd-0"]


async def test_one_control_plane_is_named_too():
    cluster = current()
    seen = await take({h.name: Listing(h.name) for h in cluster.hosts}, cluster, matrix="none")
    assert seen.listed_by == cluster.control_plane.name
    rows = beside(seen.listed, seen.components)
    assert [host for host, _ in rows[-1].named()] == [""]


def test_it_is_asked_for_only_where_the_api_server_is_well():
    script = controlplane.script("https://10.0.63.202:6443", "/k", "/pki", {})
    before, asked, _rest = script.partition("section listed quiet listed")
    assert asked
    assert before.rstrip().endswith('if [ "$status" -eq 0 ]; then')
