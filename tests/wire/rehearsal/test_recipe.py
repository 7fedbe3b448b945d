"""The classic recipe's own scripts, run on rehearsal hosts by kwizard's own engine."""

from contextlib import aclosing
from dataclasses import replace

import pytest

from kwizard.app.install import Installation, install
from kwizard.app.reset import Reset
from kwizard.app.session import Session
from kwizard.cluster.model import Backend, Cluster, EtcdMode, Supervisor, Version
from kwizard.engine.events import Event, Log, RunFinished, StepFailed, StepFinished, StepStarted
from kwizard.rehearsal import Fault, Rehearsal
from kwizard.remote.credentials import NoCredentials
from tests.wire.rehearsal.conftest import connect


async def _known(key) -> bool:
    return True


def session(rehearsal: Rehearsal, cluster: Cluster):
    return Session.open(
        cluster,
        credentials=NoCredentials(),
        confirm_host_key=_known,
        rehearsal=True,
        directory=rehearsal.directory / "state",
    )


async def events_of(installation: Installation) -> list[Event]:
    async with aclosing(installation.events()) as events:
        return [event async for event in events]


def failures(events: list[Event]) -> list[str]:
    return [f"{e.step} on {e.host}: {e.reason}" for e in events if isinstance(e, StepFailed)]


def status(events: list[Event]) -> str:
    last = events[-1]
    assert isinstance(last, RunFinished)
    return last.status


CLUSTERS = {
    "article": ("v1.3.5", Supervisor.NOHUP, EtcdMode.DOCKER, Backend.UDP),
    "article under systemd": ("v1.3.5", Supervisor.SYSTEMD, EtcdMode.DOCKER, Backend.UDP),
    "1.19 with nohup": ("v1.19.16", Supervisor.NOHUP, EtcdMode.DOCKER, Backend.VXLAN),
    "1.19 with etcd as a unit": ("v1.19.16", Supervisor.SYSTEMD, EtcdMode.SYSTEMD, Backend.VXLAN),
}


@pytest.mark.parametrize(
    ("version", "supervisor", "etcd", "backend"), CLUSTERS.values(), ids=CLUSTERS.keys()
)
async def test_from_bare_to_verified_and_then_nothing_left_to_do(
    rehearsals, version, supervisor, etcd, backend
):
    async with rehearsals(speed=0, version=Version.parse(version)) as r:
        cluster = replace(
            r.cluster,
            supervisor=supervisor,
            etcd=replace(
                r.cluster.etcd,
                mode=etcd,
                binaries=str(r.etcd_binaries) if etcd is EtcdMode.SYSTEMD else None,
            ),
            network=replace(r.cluster.network, backend=backend),
        )
        async with session(r, cluster) as opened:
            first = install(opened)
            events = await events_of(first)
            assert failures(events) == []
            assert status(events) == "done"
            assert first.snapshot is not None
            assert first.snapshot.ok

            again = await events_of(install(opened))
            assert status(again) == "done"
            assert [e.step for e in again if isinstance(e, StepStarted)] == ["verify/network"]

        async with connect(r, "anakin") as ssh:
            said = await ssh.run("kubectl get nodes; cat /run/flannel/subnet.env", check=True)
        for name in ("boba", "c3po"):
            assert f"{name}      Ready" in said.stdout
        assert "FLANNEL_NETWORK=10.0.0.0/16" in said.stdout


async def test_with_firewalld_the_ports_are_opened_where_the_interface_is(rehearsals):
    async with rehearsals(speed=0, firewall=True) as r, session(r, r.cluster) as opened:
        events = await events_of(install(opened))
        assert failures(events) == []
        assert status(events) == "done"
        async with connect(r, "anakin") as ssh:
            said = await ssh.run(
                "firewall-cmd --zone=public --list-ports; firewall-cmd --zone=public --list-ports "
                "--permanent; firewall-cmd --zone=trusted --list-interfaces; "
                "iptables -t nat -S PREROUTING | grep -c DOCKER"
            )
        assert said.stdout.splitlines() == ["8080/tcp 8285/udp"] * 2 + ["flannel0", "1"]


async def test_a_step_that_fails_once_is_done_by_the_next_run(rehearsals):
    fault = Fault(step="control-plane/kube-scheduler", host="anakin", times=99)
    async with rehearsals(speed=0, faults=[fault]) as r, session(r, r.cluster) as opened:
        events = await events_of(install(opened))
        assert status(events) == "failed"
        assert {e.step for e in events if isinstance(e, StepFailed)} == {
            "control-plane/kube-scheduler"
        }
        failed = next(e for e in events if isinstance(e, StepFailed))
        assert "asked to fail" in failed.log_tail
        finished = {e.step for e in events if isinstance(e, StepFinished)}
        assert "control-plane/kube-controller-manager" in finished, "the others went on"

        async with connect(r, "anakin") as ssh:
            await ssh.run("rm /var/lib/rehearsal/faults/*", check=True)
        events = await events_of(install(opened))
        assert failures(events) == []
        assert status(events) == "done"
        started = {e.step for e in events if isinstance(e, StepStarted)}
        assert "control-plane/kube-scheduler" in started
        assert "control-plane/kube-apiserver" not in started


async def test_a_cut_in_the_middle_of_a_step_is_survived(rehearsals):
    fault = Fault(step="control-plane/kube-apiserver", host="anakin", kind="cut")
    async with rehearsals(speed=0, faults=[fault]) as r, session(r, r.cluster) as opened:
        events = await events_of(install(opened))
        log = "\n".join(e.text for e in events if isinstance(e, Log))
        assert failures(events) == []
        assert status(events) == "done"
        assert "the connection was asked to break now" in log
        starts = [e for e in events if isinstance(e, StepStarted)]
        assert [e.step for e in starts].count("control-plane/kube-apiserver") == 1
        async with connect(r, "anakin") as ssh:
            left = await ssh.run("cat /var/lib/rehearsal/faults/*; ls /run/rehearsal-shared/cut")
        assert left.stdout == "cut 0\n"


async def test_a_step_that_hangs_runs_on_without_the_operator(rehearsals):
    fault = Fault(step="hosts/names", host="boba", kind="hang")
    async with rehearsals(speed=0, faults=[fault]) as r, session(r, r.cluster) as opened:
        installation = install(opened)
        async with aclosing(installation.events()) as events:
            async for event in events:
                if isinstance(event, Log) and "asked to hang" in event.text:
                    installation.interrupt()
        async with connect(r, "boba") as ssh:
            await ssh.run("pgrep -x sleep", check=True)


async def test_what_is_stopped_is_seen(rehearsals):
    """The stand-ins tell the state there is, not the one there should be."""
    get = "docker exec -e ETCDCTL_API=2 etcd etcdctl get atomic.io/network/config"
    async with rehearsals(speed=0) as r, session(r, r.cluster) as opened:
        first = install(opened)
        assert status(await events_of(first)) == "done"
        async with connect(r, "anakin") as anakin, connect(r, "boba") as boba:
            await anakin.run("systemctl stop kube-scheduler", check=True)
            table = await anakin.run("kubectl get cs")
            await boba.run("systemctl stop kubelet flanneld", check=True)
            host = await boba.run("docker exec kwizard-ping ping -c 1 -W 1 10.0.63.202")
            gateway = await boba.run("docker exec kwizard-ping ping -c 1 -W 1 10.0.71.1")
            nodes = await boba.run("kubectl -s http://10.0.63.202:8080 get nodes")
            await boba.run("docker stop etcd", check=True)
            assert (await anakin.run(get)).exit_status == 0, "two of three are a quorum"
            async with connect(r, "c3po") as c3po:
                await c3po.run("docker stop etcd", check=True)
            assert (await anakin.run(get)).exit_status != 0
    rows = {line.split()[0]: line.split()[1] for line in table.stdout.splitlines()}
    assert rows["scheduler"] == "Unhealthy"
    assert rows["controller-manager"] == "Healthy"
    assert host.exit_status == 0
    assert gateway.exit_status == 1
    assert "boba      NotReady" in nodes.stdout
    assert "c3po      Ready" in nodes.stdout


async def test_a_reset_takes_it_back_and_leaves_no_daemon(rehearsals):
    async with rehearsals(speed=0) as r, session(r, r.cluster) as opened:
        before = await hosts_say(r, "ls /etc/systemd/system /var/lib/kwizard; ss -ltn | wc -l")
        assert status(await events_of(install(opened))) == "done"
        assert "kube-apiserver.service" in (await hosts_say(r, "ls /etc/systemd/system"))["anakin"]
        reset = Reset(opened, tuple(h.name for h in r.cluster.hosts))
        async with aclosing(reset.events()) as told:
            events = [event async for event in told]
        assert failures(events) == []
        assert status(events) == "done"
        after = await hosts_say(r, "ls /etc/systemd/system /var/lib/kwizard; ss -ltn | wc -l")
        assert after == before
        assert set((await hosts_say(r, "docker ps --all --quiet")).values()) == {""}


async def hosts_say(r: Rehearsal, command: str) -> dict[str, str]:
    said = {}
    for host in r.cluster.hosts:
        async with connect(r, host.name) as ssh:
            said[host.name] = str((await ssh.run(command)).stdout)
    return said
