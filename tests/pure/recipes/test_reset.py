"""Pieces of the reset's scripts, run by real shells below a scratch root."""

from __future__ import annotations

from pathlib import Path

import pytest

from kwizard.app.reset import chosen, put_away, reset_plan
from kwizard.assets_dir import assets_dir
from kwizard.errors import InvalidInput
from kwizard.recipes.record import DATA, DIRECTORIES
from kwizard.recipes.step import Forget, Script
from tests.pure.recipes.clusters import later
from tests.pure.recipes.modern_clusters import modern_variants
from tests.pure.recipes.shells import answer, run

SAVED = """\
# Generated
*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [1:60]
:CNI-DN-0123456789abcdef01234 - [0:0]
:DOCKER - [0:0]
:FLANNEL-POSTRTG - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SVC-AB - [0:0]
:MINE - [0:0]
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 10.0.0.0/16 ! -d 224.0.0.0/4 -j MASQUERADE
-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG
-A POSTROUTING -m comment --comment "mine, not -j KUBE-POSTROUTING" -j MINE
-A KUBE-POSTROUTING -j RETURN
-A KUBE-SVC-AB -j CNI-DN-0123456789abcdef01234
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:KUBER - [0:0]
-A INPUT -s 10.0.0.0/16 -j ACCEPT
-A INPUT -j KUBER
-A FORWARD -i docker0 -j ACCEPT
COMMIT
*mangle
:KUBE-KUBELET-CANARY - [0:0]
COMMIT
"""

WITHOUT_OURS = """\
*nat
-D POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-D POSTROUTING -s 10.0.0.0/16 ! -d 224.0.0.0/4 -j MASQUERADE
-D POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG
-F CNI-DN-0123456789abcdef01234
-F FLANNEL-POSTRTG
-F KUBE-POSTROUTING
-F KUBE-SVC-AB
-X CNI-DN-0123456789abcdef01234
-X FLANNEL-POSTRTG
-X KUBE-POSTROUTING
-X KUBE-SVC-AB
COMMIT
*mangle
-F KUBE-KUBELET-CANARY
-X KUBE-KUBELET-CANARY
COMMIT
""".splitlines()


def script(step: str) -> str:
    """A reset step's script for boba."""
    return reset_plan(later(), ("boba",)).task(f"reset/{step}@boba").script


def functions(step: str) -> str:
    """What stands before the first command of a step's script: its functions."""
    probe = reset_plan(later(), ("boba",)).task(f"reset/{step}@boba").probe
    assert probe is not None
    return probe.partition("\nfound=")[0]


def test_of_the_packet_filter_only_what_is_the_cluster_s_is_named(shell):
    stubs = answer("iptables_save", SAVED) + "systemctl() { :; }\n"
    text = functions("network").replace('"$1-save"', '"$1_save"')
    ran = run(shell, f"{stubs}{text}\ncommand() {{ :; }}\ncommands_for iptables\n")
    assert ran.lines == WITHOUT_OURS


def test_a_file_is_kept_once_and_put_back_or_removed(shell, tmp_path: Path):
    root = str(tmp_path)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "mine").write_text("mine\n")
    (tmp_path / "etc" / "mine").chmod(0o640)
    keep = (assets_dir() / "common" / "keep.sh").read_text().replace("/var/lib/kwizard", root)
    ran = run(
        shell,
        f"set -eu\n{keep}\ncd {root}\n"
        f"keep {root}/etc/mine {root}/etc/new/deep/file\nmkdir -p etc/new/deep\n"
        "echo ours >etc/mine; echo ours >etc/new/deep/file\n"
        f"keep {root}/etc/mine {root}/etc/new/deep/file\n",
    )
    assert ran.exit == 0, ran.lines
    made = (tmp_path / "saved" / "made").read_text().split()
    assert made == [f"{root}/etc/new/deep", f"{root}/etc/new"]
    lib = (assets_dir() / "reset" / "lib.sh").read_text().replace("/var/lib/kwizard", root)
    ran = run(
        shell,
        f"set -eu\n{lib}\nfor file in $(written); do ! is_left $file || put_back $file; done\n"
        f"for file in $(written); do ! is_left $file || echo left $file; done\n",
    )
    assert ran.lines == [f"put back {root}/etc/mine", f"removed {root}/etc/new/deep/file"]
    assert (tmp_path / "etc" / "mine").read_text() == "mine\n"
    assert (tmp_path / "etc" / "mine").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("hosts", "then", "now"),
    [
        ("# kwizard: hosts of x\n10.0.63.202 anakin\n# kwizard: end\n127.0.0.1 localhost\n\n\n",
         "127.0.0.1 localhost\n\n\n", "127.0.0.1 localhost\n\n\n"),
        ("# kwizard: hosts of x\n# kwizard: end\n127.0.0.1 localhost\n10.9.9.9 later\n",
         "127.0.0.1 localhost\n", "127.0.0.1 localhost\n10.9.9.9 later\n"),
        ("127.0.0.1 localhost\n", "127.0.0.1 localhost\n", "127.0.0.1 localhost\n"),
    ],
    ids=["to the byte", "a line came later", "nothing of ours"],
)  # fmt: skip
def test_of_the_names_only_the_block_goes(shell, tmp_path: Path, hosts, then, now):
    saved = tmp_path / "saved" / "files" / "etc"
    saved.mkdir(parents=True)
    (saved / "hosts").write_text(then)
    (tmp_path / "hosts").write_text(hosts)
    text = script("files")
    begin = text.index("if grep -qs '^# kwizard: hosts of ' /etc/hosts; then\n    rest=")
    piece = text[begin : text.index("\nfi\n", begin) + 4]
    piece = piece.replace(" /etc/hosts", f" {tmp_path}/hosts").replace(
        ">/etc/hosts", f">{tmp_path}/hosts"
    )
    ran = run(shell, f"set -eu\nsaved={tmp_path}/saved\n{piece}")
    assert ran.exit == 0, ran.lines
    assert (tmp_path / "hosts").read_text() == now


def test_steps_of_a_host_come_one_after_the_other_and_none_waits_for_another_host():
    for _, cluster in modern_variants():
        names = tuple(h.name for h in cluster.hosts)
        plan = reset_plan(cluster, names)
        for task in plan.tasks:
            assert isinstance(task.step.action, Script | Forget)
            assert task.probe
            assert all(before.endswith(f"@{task.host}") for before in task.after)
        last = [t for t in plan.tasks if t.step.id == "reset/traces"]
        assert [t.host for t in last] == list(names)


def test_settings_of_the_kernel_are_noted_with_their_values(shell, tmp_path: Path):
    text = (assets_dir() / "common" / "record.sh").read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("(cd /proc/sys && grep")]
    names = "net/ipv4/ip_forward not/there vm/overcommit_memory"
    ran = run(shell, f"before={tmp_path}\n{line.replace('{{ settings | words }}', names)}\n")
    assert ran.exit == 0, ran.lines
    assert (tmp_path / "settings").read_text().splitlines() == [
        f"{name} {(Path('/proc/sys') / name).read_text().strip()}"
        for name in ("net/ipv4/ip_forward", "vm/overcommit_memory")
    ]


def test_what_is_emptied_was_looked_at_before():
    assert set(DATA) <= set(DIRECTORIES)


def test_hosts_are_chosen_in_file_order():
    assert chosen(later(), ("c3po", "anakin")) == ("anakin", "c3po")
    assert chosen(later(), ()) == ("anakin", "boba", "c3po")
    with pytest.raises(InvalidInput, match="no host called 'yoda'"):
        chosen(later(), ("yoda",))


def test_certificates_are_put_away_and_not_deleted(tmp_path: Path):
    assert put_away(tmp_path) is None
    (tmp_path / "pki").mkdir()
    (tmp_path / "pki" / "ca.key").write_text("secret")
    (tmp_path / "admin.kubeconfig").write_text("opens everything")
    moved = put_away(tmp_path)
    assert moved is not None
    assert moved.stat().st_mode & 0o777 == 0o700
    assert (moved / "pki" / "ca.key").read_text() == "secret"
    assert sorted(p.name for p in tmp_path.iterdir()) == [moved.name]
