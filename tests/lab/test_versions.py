"""Each minor version of the modern recipe's table, with its real programs.

Building them takes long, so only those named in KWIZARD_VERSIONS are tried: "1.34.4,1.37.2", or
"all" for every one the lab can build. `kwizard lab release v1.34.4` builds one beforehand. The
table alone is also held against the one that all other tests use.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kwizard.cluster.model import ApiServer, FlannelStore, Join, Kubelet, Version
from kwizard.lab.clusterfile import MODERN_VERSION
from kwizard.lab.release import tarball_path
from kwizard.lab.release.gotool import Go
from kwizard.lab.release.sources import ETCD, KUBERNETES
from kwizard.recipes.modern.flags import COMMANDS
from kwizard.recipes.modern.versions import OLDEST, Row, row
from tests.lab.modern import Modern, reach_the_service
from tests.lab.site import MASTER, NAMES, Site
from tests.pure.recipes.modern_clusters import current

pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(900)]

NAMED = os.environ.get("KWIZARD_VERSIONS", "").replace(",", " ").split()
KNOWN = [s.version for s in KUBERNETES if Version.parse(s.version).minor_pair >= OLDEST]
HOW = "`kwizard lab release {0}` builds it, KWIZARD_VERSIONS={0} tries it"
DAEMONS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet")

ON_THE_WAY_OUT = {"kube-scheduler": {"--kubeconfig"}}
"""Used all the same: every kubeadm gives it, and the file instead of it would hold just as much."""


def named(wanted: str) -> str:
    """That version, where it was named and the lab has built it."""
    if not {"all", wanted, wanted.removeprefix("v")} & set(NAMED):
        pytest.skip(f"{wanted} was not named: {HOW.format(wanted)}")
    assert tarball_path(wanted).is_file(), f"{wanted} is not built: {HOW.format(wanted)}"
    return wanted


class TestTable:
    """What needs no host: the row and the flags, beside the version's own source and programs."""

    @pytest.fixture(scope="class", params=KNOWN)
    def version(self, request: pytest.FixtureRequest) -> str:
        wanted: str = request.param
        return wanted if wanted == MODERN_VERSION else named(wanted)

    @pytest.fixture(scope="class")
    def known(self, version: str) -> Row:
        return row(Version.parse(version))

    @pytest.fixture(scope="class")
    def programs(self, version: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder = tmp_path_factory.mktemp("programs")
        with tarfile.open(tarball_path(version, nested=False)) as tar:
            for member in tar:
                member.name = Path(member.name).name
                if member.name in DAEMONS:
                    tar.extract(member, folder, filter="data")
        return folder

    def test_the_row_says_what_its_kubeadm_takes(self, version: str, known: Row):
        source = Path(Go((1, 26)).module("k8s.io/kubernetes", version)["Dir"])
        text = (source / "cmd/kubeadm/app/constants/constants.go").read_text(encoding="utf-8")
        taken = dict(re.findall(r"^\s*(\w+) = \"(.*)\"$", text, re.MULTILINE))
        assert known.pause == f"registry.k8s.io/pause:{taken['PauseVersion']}"
        assert known.coredns == f"registry.k8s.io/coredns/coredns:{taken['CoreDNSVersion']}"
        assert known.etcd == Version.parse(taken["DefaultEtcdVersion"].partition("-")[0])
        oldest = Version.parse(taken["MinExternalEtcdVersion"].partition("-")[0])
        assert Version.parse(ETCD.version) >= oldest, "the lab's own etcd will do"

    @pytest.mark.parametrize("daemon", DAEMONS)
    def test_every_flag_is_one_of_the_program_and_none_is_on_its_way_out(
        self, programs: Path, version: str, daemon: str
    ):
        ran = subprocess.run(
            [programs / daemon, "--help"], capture_output=True, text=True, check=False
        )
        told = dict(re.findall(r"^\s+(?:-\w, )?(--[\w-]+)(.*)$", ran.stdout, re.MULTILINE))
        assert len(told) > 30
        base = current(version=Version.parse(version))
        clusters = (
            base,
            replace(
                base,
                flannel=replace(base.flannel, store=FlannelStore.KUBERNETES),
                apiserver=ApiServer(audit=True, encrypt_secrets=True),
            ),
            replace(base, kubelet=Kubelet(join=Join.CERTIFICATES)),
        )
        given = {
            flag
            for cluster in clusters
            for flag in re.findall(
                r"(?<=\s)--[\w-]+", str(COMMANDS[daemon](cluster, cluster.control_plane))
            )
        }
        assert given
        assert given - told.keys() == set()
        assert {flag for flag in given if "DEPRECATED" in told[flag]} == ON_THE_WAY_OUT.get(
            daemon, set()
        )


class TestCluster:
    @pytest.fixture(scope="class", params=KNOWN)
    def version(self, request: pytest.FixtureRequest) -> str:
        return named(request.param)

    @pytest.fixture(scope="class")
    def cluster(
        self, version: str, bare_site: Callable[..., Site], measured: Callable[[str], None]
    ) -> Iterator[Modern]:
        """A cluster of that version on which `apply` has just ended 0."""
        site = bare_site(recipe="modern", version=version)
        events = site.apply()
        measured(f"modern, {version}: {events[-1]['seconds']:.1f}")
        yield Modern(site, site.lab.layout.name)
        site.lab.down(wipe=True)

    def test_the_api_and_three_nodes_are_ready_and_of_that_version(
        self, cluster: Modern, version: str
    ):
        said = cluster.kubectl("get --raw /readyz?verbose")
        assert "[-]" not in said
        assert "readyz check passed" in said
        assert cluster.ready_nodes() == dict.fromkeys(NAMES, "True")
        nodes = json.loads(cluster.kubectl("get nodes -o json"))["items"]
        assert {n["status"]["nodeInfo"]["kubeletVersion"] for n in nodes} == {version}
        assert json.loads(cluster.kubectl("get --raw /version"))["gitVersion"] == version

    def test_every_part_is_healthy_and_every_ping_answered(self, cluster: Modern):
        seen = cluster.verify()
        assert seen["ok"] is True
        assert {c["status"] for c in seen["components"]} == {"Healthy"}
        assert [c["received"] >= 1 for c in seen["matrix"]["cells"]] == [True] * 27

    def test_a_service_is_reached_by_its_name_and_pods_are_looked_into(self, cluster: Modern):
        reach_the_service(cluster)
        for node in NAMES:
            cluster.kubectl(f"logs {cluster.pod_on(node)}")

    def test_no_daemon_complains_of_its_flags_or_its_configuration(self, cluster: Modern):
        words = r"has been deprecated|unknown field|unknown flag|unrecognized feature gate|lenient"
        for name in NAMES:
            units = " ".join(f"-u {daemon}" for daemon in DAEMONS)
            said = cluster.site.on(
                name, f"journalctl --no-pager -q {units} | grep -iE '{words}'; true"
            )
            assert said == ""

    def test_kubelets_refuse_cgroup_v1_exactly_where_the_row_says_so(
        self, cluster: Modern, version: str
    ):
        """Where it does, the word is in the configuration, and without it the kubelet ends."""
        site = cluster.site
        if "cgroup2fs" in site.on(MASTER, "stat -fc %T /sys/fs/cgroup"):
            pytest.skip("these hosts have cgroup v2")
        config = "/etc/kubernetes/kubelet.yaml"
        text = site.on("boba", f"cat {config}")
        refuses = row(Version.parse(version)).refuses_cgroup_v1
        assert ("failCgroupV1: false" in text) == refuses
        if not refuses:
            return  # and three of them run here
        cut = f"sed -i /failCgroupV1/d {config}; since=$(date +%s); systemctl restart kubelet"
        seen = "journalctl --no-pager -q -u kubelet --since @$since | grep -m 1 -i 'cgroup v1'"
        try:
            said = site.on("boba", f"{cut}; until {seen}; do sleep 0.2; done", timeout=60)
            assert "not run on a host" in said
        finally:
            site.lab.run("boba", f"cat >{config}; systemctl restart kubelet", input=text)
        cluster.whole()

    def test_a_second_apply_runs_no_script(self, cluster: Modern):
        cluster.site.apply_again()
