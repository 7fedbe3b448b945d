"""A reset that leaves the programs: its scripts, run by real shells in a scratch root."""

from __future__ import annotations

import re
from pathlib import Path

from kwizard.app.reset import reset_plan
from kwizard.assets_dir import assets_dir
from kwizard.recipes.reset import KEPT
from kwizard.recipes.step import Forget
from tests.pure.recipes.clusters import later
from tests.pure.recipes.modern_clusters import modern_variants
from tests.pure.recipes.shells import Ran, run

BIN = "usr/local/bin"


class Disk:
    """A host's file system below a scratch root, and scripts whose absolute paths lead there."""

    def __init__(self, shell: list[str], root: Path) -> None:
        self.shell, self.root = shell, root
        for name in (BIN, "usr/bin", "usr/libexec", "etc/systemd", "run", "var/lib/etcd", "root"):
            (root / name).mkdir(parents=True)
        self.write("etc/hosts", "127.0.0.1 localhost\n")
        self.write(f"{BIN}/kubectl", "theirs", 0o755)

    def write(self, name: str, text: str, mode: int = 0o644) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def run(self, text: str) -> Ran:
        """`text` with every path below the root; systemd is silent."""
        moved = re.sub(
            r"(?<![\w*.])/(usr|etc|var|run|root|opt)(?=[/ \n])", rf"{self.root}/\1", text
        )
        return run(self.shell, f"systemctl() {{ :; }}\n{moved}")

    def install(self) -> None:
        """What an installation does with files: notes the host, then keeps and writes."""
        record = (assets_dir() / "common" / "record.sh").read_text()
        begin = record.index("# Programs that an earlier")
        note = record[begin : record.index("# Units:", begin)]
        keep = (assets_dir() / "common" / "keep.sh").read_text()
        ran = self.run(
            "set -eu\nbefore=/var/lib/kwizard/saved/before\nmkdir -p $before\n"
            f"{note}\necho 'directory /var/lib/etcd 755 0 0' >$before/directories\n"
            ": >$before/noted\n"
            f"{keep}\n"
            "for program in etcd kubectl; do\n"
            f"    [ ! -e /var/lib/kwizard/steps/release.unpack ] || continue\n"
            f"    keep /{BIN}/$program; echo ours >/{BIN}/$program; chmod 755 /{BIN}/$program\n"
            "done\n"
            "keep /opt/cni/bin/bridge /etc/kubernetes/kubelet.yaml\n"
            "mkdir -p /opt/cni/bin /etc/kubernetes /var/lib/kwizard/steps /var/lib/etcd/kwizard\n"
            "echo ours >/opt/cni/bin/bridge; chmod 755 /opt/cni/bin/bridge\n"
            "echo ours >/etc/kubernetes/kubelet.yaml\n"
            ": >/var/lib/kwizard/steps/release.unpack\n"
        )
        assert ran.exit == 0, ran.lines

    def reset(self, *, keep_programs: bool) -> Ran:
        plan = reset_plan(later(), ("boba",), keep_programs=keep_programs)
        task = plan.task("reset/files@boba")
        ran = self.run(task.script)
        assert ran.exit == 0, ran.lines
        probe = self.run(task.probe or "")
        assert probe.exit == 0, probe.lines
        if (self.root / "var/lib/kwizard/saved").exists():  # as the last step does
            (moved := self.root / "gone").mkdir(exist_ok=True)
            (self.root / "var/lib/kwizard/saved").rename(moved / str(len(list(moved.iterdir()))))
        return ran

    def files(self) -> dict[str, str]:
        """All files outside kwizard's own directory and what became of it."""
        return {
            str(p.relative_to(self.root)): p.read_text().strip()
            for p in self.root.rglob("*")
            if p.is_file() and "kwizard/" not in str(p) and "gone" not in p.parts
        }


HOSTS = {"etc/hosts": "127.0.0.1 localhost"}
PROGRAMS = {f"{BIN}/etcd": "ours", f"{BIN}/kubectl": "ours", "opt/cni/bin/bridge": "ours"}


def test_programs_stay_and_a_later_reset_takes_them_away(shell, tmp_path: Path):
    disk = Disk(shell, tmp_path)
    disk.install()
    ran = disk.reset(keep_programs=True)
    assert f"left in place: {tmp_path}/{BIN}/etcd" in ran.lines
    assert disk.files() == HOSTS | PROGRAMS
    assert not (tmp_path / "etc/kubernetes").exists()
    disk.reset(keep_programs=False)
    assert disk.files() == HOSTS | {f"{BIN}/kubectl": "theirs"}
    assert not (tmp_path / "opt/cni").exists()
    assert (tmp_path / "var/lib/etcd").is_dir(), "it was there before, and is empty"


def test_an_installation_in_between_knows_them_again(shell, tmp_path: Path):
    disk = Disk(shell, tmp_path)
    disk.install()
    disk.reset(keep_programs=True)
    disk.install()
    assert not (tmp_path / "var/lib/kwizard/kept").exists()
    disk.reset(keep_programs=True)
    disk.reset(keep_programs=True)
    assert disk.files() == HOSTS | PROGRAMS
    disk.install()
    disk.reset(keep_programs=False)
    assert disk.files() == HOSTS | {f"{BIN}/kubectl": "theirs"}
    assert not (tmp_path / "opt/cni").exists()


def test_what_is_kept_are_the_records_of_steps_that_only_bring_programs():
    kept = {name.partition("/")[2] for name in KEPT if name.startswith("steps/")}
    for _, cluster in modern_variants():
        names = tuple(h.name for h in cluster.hosts)
        plan = reset_plan(cluster, names, keep_programs=True)
        last = [t for t in plan.tasks if isinstance(t.step.action, Forget)]
        assert {t.step.action.keep for t in last if isinstance(t.step.action, Forget)} == {KEPT}
        full = [t for t in reset_plan(cluster, names).tasks if isinstance(t.step.action, Forget)]
        assert all(a.key != b.key for a, b in zip(last, full, strict=True))
    assert kept == {
        "hosts.etcd-binaries", "network.flannel-install", "nodes.runtime", "release.unpack",
    }  # fmt: skip
