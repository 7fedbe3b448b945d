"""From bare hosts to a current cluster with TLS, with real binaries: nftables, certificates made
beforehand, secrets encrypted, flannel's subnets in etcd, no firewall. The other settings are in
test_modern_network.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kwizard.cluster.dump import dump
from kwizard.cluster.load import load
from kwizard.cluster.model import ApiServer, Join, Kubelet
from tests.lab.installed import Installed, Restarts, times
from tests.lab.modern import Modern
from tests.lab.site import Site

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
