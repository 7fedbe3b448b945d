"""Three control planes behind firewalld, with nftables: certificates are made anew; one host is
taken away for good, without a word, and the API answers on; all lose their power and come back."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
import yaml

from tests.lab.daemons import invocations, started_again
from tests.lab.modern import Modern
from tests.lab.seen import eventually
from tests.lab.site import ADDRESSES, MASTER, NAMES, Site

pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(900)]

PKI = "/etc/kubernetes/pki"
ASK = """
number=0
while [ $number -lt 200 ]; do
    (
        begin=$(date +%s.%N)
        code=$(curl -sk -m 2 -o /dev/null -w '%{http_code}' --cert PKI/monitor.crt \
            --key PKI/monitor.key https://127.0.0.1:6444/api/v1/nodes/NODE)
        echo "$begin $(date +%s.%N) ${code:-000}"
    ) &
    number=$((number + 1))
    sleep 0.2
done
wait
""".replace("PKI", PKI)
"""A question each 200 ms for 40 s, each on a connection of its own, with 2 s for the answer, for
which etcd has to be asked."""


@dataclass(frozen=True)
class Answers:
    """When each question began and ended, in seconds, and its answer's status; by beginning."""

    rows: tuple[tuple[float, float, str], ...]

    @property
    def failed(self) -> list[tuple[float, float, str]]:
        return [row for row in self.rows if row[2] != "200"]

    @property
    def longest_gap(self) -> float:
        """The longest time without an answer."""
        ends = sorted(end for _, end, code in self.rows if code == "200")
        return max(b - a for a, b in pairwise(ends))

    def __str__(self) -> str:
        return (
            f"{len(self.failed)} of {len(self.rows)} requests failed, the longest time without an"
            f" answer was {self.longest_gap:.2f} s"
        )


def silence(site: Site, host: str) -> None:
    """No power any more. The cable first: nobody is told that the connections end."""
    site.lab.cut(host)
    site.lab.power_cut(host)


def asked_while_lost(site: Site, client: str, victim: str) -> Answers:
    """What `client` hears through its gateway while `victim` is lost after the first answer."""
    command = site.lab.run_command(client, ASK.replace("NODE", client))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout is not None
        first = asking.stdout.readline()
        silence(site, victim)
        rest, _ = asking.communicate(timeout=120)
    rows = (line.split() for line in (first + rest).splitlines())
    return Answers(tuple(sorted((float(b), float(e), code) for b, e, code in rows)))


@pytest.fixture(scope="class")
def cluster(bare_site: Callable[..., Site], measured: Callable[[str], None]) -> Iterator[Modern]:
    """Three control planes on which `apply` has just ended 0."""
    site = bare_site(recipe="modern", control_planes=3, proxy="nftables")
    for name in NAMES:
        site.on(name, "systemctl enable -q --now firewalld")
    events = site.apply()
    measured(f"modern, three control planes: all {events[-1]['seconds']:.1f} s")
    yield Modern(site, site.lab.layout.name)
    site.lab.down(wipe=True)


def through(cluster: Modern, host: str) -> Modern:
    """The same, asked through the API server of `host`."""
    return replace(cluster, context=f"{cluster.name}-{host}")


def ready_since(cluster: Modern) -> dict[str, tuple[str, str]]:
    """Of each node whether it is Ready, and since when."""
    found = json.loads(cluster.kubectl("get nodes -o json"))["items"]
    return {
        n["metadata"]["name"]: next(
            (c["status"], c["lastTransitionTime"])
            for c in n["status"]["conditions"]
            if c["type"] == "Ready"
        )
        for n in found
    }


def shown_by(site: Site, host: str, port: int) -> str:
    """The certificate that is shown on a port."""
    ask = "import ssl, sys; print(ssl.get_server_certificate((sys.argv[1], int(sys.argv[2]))))"
    done = site.lab.exec([sys.executable, "-c", ask, ADDRESSES[host], str(port)])
    return done.stdout.strip() + "\n"


def monitored(cluster: Modern) -> dict[str, Any]:
    done = cluster.site.kwizard("monitor", "--once", "--json", cluster.name)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class TestThreeControlPlanes:
    def test_every_api_server_is_ready_and_its_context_reaches_it(self, cluster: Modern):
        for name in NAMES:
            here = through(cluster, name)
            assert "readyz check passed" in here.kubectl("get --raw /readyz?verbose")
            server = here.kubectl("config view --minify -o jsonpath={.clusters[0].cluster.server}")
            assert server == f"https://{ADDRESSES[name]}:6443"
            assert here.ready_nodes() == dict.fromkeys(NAMES, "True")

    def test_verify_names_each_hosts_daemons(self, cluster: Modern):
        seen = cluster.well()
        assert {c["name"] for c in seen["components"] if c["status"] == "Healthy"} == {
            f"{daemon}-{name}"
            for daemon in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")
            for name in NAMES
        }
        assert len(seen["matrix"]["cells"]) == 27
        assert all(c["received"] >= 1 for c in seen["matrix"]["cells"])

    def test_renewed_certificates_are_in_use_at_once_and_only_what_holds_on_is_started_again(
        self, cluster: Modern
    ):
        site, pki = cluster.site, cluster.state / "pki"
        document = yaml.safe_load(site.file.read_text())
        document["apiserver"] = {"names": ["api.example.com", "203.0.113.7"]}
        site.file.write_text(yaml.safe_dump(document, sort_keys=False))
        for name in NAMES:
            (pki / name / "etcd.crt").unlink()  # made anew, as one that soon ends
        (pki / "boba" / "kube-proxy.crt").unlink()
        before = invocations(site)
        site.apply()

        assert started_again(before, invocations(site)) == {("boba", "kube-proxy")}
        for name in NAMES:
            for port, file in ((6443, "kube-apiserver"), (2379, "etcd"), (2380, "etcd")):
                made = (pki / name / f"{file}.crt").read_text()
                eventually(partial(shown_by, site, name, port), made.__eq__, 5)
            said = site.lab.exec(
                f"curl -s -m 5 -o /dev/null -w '%{{http_code}}' --cacert {pki}/ca.crt"
                f" --resolve api.example.com:6443:{ADDRESSES[name]} https://api.example.com:6443/"
            )
            assert said.stdout == "401", said.stderr
        assert site.on(MASTER, _etcdctl(list(ADDRESSES.values()))).count("is healthy") == 3
        cluster.whole()

    def test_a_second_apply_runs_no_script(self, cluster: Modern):
        cluster.site.apply_again()

    def test_the_gateway_is_for_the_host_alone_and_opens_nothing(self, cluster: Modern):
        for name in NAMES:
            listening = cluster.site.on(name, "ss -lntH 'sport = :6444'").split()
            assert listening[3] == "127.0.0.1:6444"
            url = "https://127.0.0.1:6444/api/v1/nodes"
            code = "curl -s -m 5 -o /dev/null -w '%{http_code}'"
            assert cluster.site.on(name, f"{code} --cacert {PKI}/ca.crt {url}") == "401"

    @pytest.mark.parametrize("victim", [MASTER, "boba"])
    def test_one_host_is_lost_and_the_api_answers_on(
        self, cluster: Modern, victim: str, measured: Callable[[str], None]
    ):
        site = cluster.site
        left = [n for n in NAMES if n != victim]
        asked = through(cluster, left[0])
        before = ready_since(asked)
        answers = asked_while_lost(site, left[0], victim)
        measured(f"{victim} lost: {answers}")
        middle = answers.rows[len(answers.rows) // 2][0]
        assert not [row for row in answers.failed if row[0] > middle]

        eventually(asked.ready_nodes, lambda n: n.get(victim) == "Unknown", 90)
        now = ready_since(asked)
        assert {n: now[n] for n in left} == {n: before[n] for n in left}
        members = site.on(left[0], _etcdctl([ADDRESSES[n] for n in left]))
        assert members.count("is healthy") == 2

        image = asked.kubectl(
            "-n kube-system get ds kwizard-ping"
            " -o jsonpath={.spec.template.spec.containers[0].image}"
        )
        asked.kubectl(f"create deployment after-{victim} --image={image} --replicas=4")
        eventually(
            lambda: asked.kubectl(
                f"get deployment after-{victim} -o jsonpath={{.status.readyReplicas}}"
            ),
            lambda n: n == "4",
            60,
        )
        seen = monitored(cluster)
        assert {n["name"]: n["status"] for n in seen["nodes"]} == {
            **dict.fromkeys(left, "Ready"),
            victim: "NotReady",
        }
        well = {c["name"] for c in seen["components"] if c["status"] == "Healthy"}
        assert {f"kube-apiserver-{n}" for n in left} <= well
        assert f"kube-apiserver-{victim}" not in well
        assert set(seen["problems"]) == {victim}

        site.lab.heal(victim)
        site.lab.power_on(victim)
        cluster.whole(180)

    def test_power_off_and_on_brings_all_of_it_back(
        self, cluster: Modern, measured: Callable[[str], None]
    ):
        cluster.site.lab.power_cut()
        cluster.site.lab.power_on()
        begin = time.monotonic()
        cluster.whole(180)
        measured(f"all off and on: whole {time.monotonic() - begin:.1f} s after the boot")
        for name in NAMES:
            assert "readyz check passed" in through(cluster, name).kubectl(
                "get --raw /readyz?verbose"
            )


def _etcdctl(addresses: list[str]) -> str:
    endpoints = ",".join(f"https://{address}:2379" for address in addresses)
    files = f"--cacert={PKI}/etcd-ca.crt --cert={PKI}/etcd-client.crt --key={PKI}/etcd-client.key"
    return f"/usr/local/bin/etcdctl --endpoints={endpoints} {files} endpoint health 2>&1"
