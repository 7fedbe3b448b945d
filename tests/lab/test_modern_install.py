"""From bare hosts to a current cluster with TLS, with real binaries: nftables, certificates made
beforehand, secrets encrypted, flannel's subnets in etcd, no firewall. The other settings are in
test_modern_network.py."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kwizard.cluster.dump import dump
from kwizard.cluster.load import load
from kwizard.cluster.model import ApiServer, Join, Kubelet, Release
from kwizard.recipes.modern.values import RELEASE
from tests.lab.installed import Installed, Restarts, times
from tests.lab.modern import Modern
from tests.lab.site import Site, jobs_begun

pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(900)]


class TestWithCertificates(Restarts, Installed):
    @pytest.fixture(scope="class")
    def cluster(
        self, bare_site: Callable[..., Site], measured: Callable[[str], None]
    ) -> Iterator[Modern]:
        """A cluster on which `apply` has just ended 0."""
        site = bare_site(recipe="modern", proxy="nftables", store="etcd")
        described = replace(
            load(site.file).cluster,
            kubelet=Kubelet(allow_cgroup_v1=True, join=Join.CERTIFICATES),
            apiserver=ApiServer(encrypt_secrets=True),
        )
        site.file.write_text(dump(described), encoding="utf-8")
        measured(f"modern, nftables, etcd store: {times(site.apply())}")
        yield Modern(site, site.lab.layout.name)
        site.lab.down(wipe=True)  # before the next one's hosts: they need the machine

    def test_a_host_that_lost_its_programs_is_given_them_by_another_host(self, cluster: Modern):
        """Where the operator's machine is said to have no release, it sends none."""
        site = cluster.site
        size, known = site.on("boba", f"wc -c <{RELEASE}; sha256sum <{RELEASE}").split()[:2]
        site.on("c3po", f"rm {RELEASE} /usr/local/bin/kube-proxy")
        described = replace(load(site.file).cluster, release=Release(on_hosts=True, sha256=known))
        site.file.write_text(dump(described), encoding="utf-8")
        before = sent(site)
        assert ("release/unpack", "c3po") in jobs_begun(site.apply())
        assert sent(site) - before < int(size) / 10
        assert site.on("c3po", f"sha256sum <{RELEASE}").split()[0] == known
        assert "v1." in site.on("c3po", "/usr/local/bin/kube-proxy --version")
        cluster.whole()


def sent(site: Site) -> int:
    """Bytes that left the operator's end of the hosts' network so far; what hosts send to each
    other passes it by."""
    shown = site.lab.exec(["ip", "-j", "-s", "link", "show", "br0"]).stdout
    return int(json.loads(shown)[0]["stats64"]["tx"]["bytes"])
