"""How a host takes its certificates and keys, by the step's own script in real shells."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kwizard.cluster.model import ApiServer, Cluster, Join, Kubelet
from kwizard.engine.plan import build
from kwizard.pki.store import Pki
from kwizard.recipes import steps_for
from tests.pure.recipes.clusters import ANAKIN
from tests.pure.recipes.modern_clusters import current
from tests.pure.recipes.shells import SHELLS, Ran, run
from tests.pure.recipes.test_serving import shell

ENCRYPTED = current(apiserver=ApiServer(encrypt_secrets=True))


def taken(folder: Path, name: str, cluster: Cluster, pki: Path) -> tuple[Ran, Ran]:
    """Run the step for the first host with what the operator has in `pki`, then its probe."""
    beside = folder / "beside"
    beside.mkdir(exist_ok=True)
    for file, data in Pki.ensure(pki, cluster).bundle(ANAKIN).files.items():
        (beside / file).write_bytes(data)
    task = build(steps_for(cluster)).task("hosts/certificates@anakin")
    host = str(folder / "host")
    text = task.script.replace("/etc/kubernetes", host)
    done = run(shell(name), f"KWIZARD_JOB_DIR={beside}\n{text}")
    return done, run(shell(name), (task.probe or "").replace("/etc/kubernetes", host))


@pytest.mark.parametrize("name", SHELLS)
def test_keys_are_roots_alone_and_certificates_anybodys(tmp_path: Path, name: str):
    done, probe = taken(tmp_path, name, ENCRYPTED, tmp_path / "pki")
    assert (done.exit, probe.exit) == (0, 0)
    there = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "host/pki").iterdir()}
    assert {"ca.key", "encryption.key", "service-account.key"} <= set(there)
    assert {m for n, m in there.items() if n.endswith(".key")} == {0o600}
    assert {m for n, m in there.items() if not n.endswith(".key")} == {0o644}


@pytest.mark.parametrize("name", SHELLS)
def test_the_key_that_secrets_rest_on_is_never_replaced(tmp_path: Path, name: str):
    taken(tmp_path, name, ENCRYPTED, tmp_path / "pki")
    kept = tmp_path / "host/pki/encryption.key"
    before = kept.read_bytes()
    (tmp_path / "pki/encryption.key").unlink()  # lost, and made anew
    done, _ = taken(tmp_path, name, ENCRYPTED, tmp_path / "pki")
    assert done.exit == 1
    assert "put pki/encryption.key back from a backup" in done.last
    assert kept.read_bytes() == before


@pytest.mark.parametrize("name", SHELLS)
def test_the_authoritys_key_goes_with_the_way_of_joining(tmp_path: Path, name: str):
    taken(tmp_path, name, current(), tmp_path / "pki")
    assert (tmp_path / "host/pki/ca.key").exists()
    given = current(kubelet=Kubelet(join=Join.CERTIFICATES))
    done, probe = taken(tmp_path, name, given, tmp_path / "pki")
    assert (done.exit, probe.exit) == (0, 0)
    assert not (tmp_path / "host/pki/ca.key").exists()
