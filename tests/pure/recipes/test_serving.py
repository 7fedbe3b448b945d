"""Which kubelets' certificates are approved: the shell that decides, over a kubectl that answers as
the real one does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kwizard.recipes import steps_for
from kwizard.recipes.render import render
from tests.pure.recipes.modern_clusters import current
from tests.pure.recipes.shells import SHELLS, run

CLUSTER = current()
LOGIC = render(
    "modern/nodes/serving.inc.sh",
    cluster=CLUSTER,
    host=CLUSTER.control_plane,
    values=steps_for(CLUSTER).values,
)
HEAD = """\
Name:               csr-abcde
Labels:             <none>
Annotations:        {annotations}
CreationTimestamp:  Tue, 24 Nov 2026 14:16:42 +0000
Requesting User:    system:node:boba
Signer:             kubernetes.io/kubelet-serving
Status:             Pending
"""
SUBJECT = """\
Subject:
  Common Name:    system:node:boba
  Serial Number:  
  Organization:   system:nodes
"""  # noqa: W291 - as kubectl prints it
NAMES = """\
Subject Alternative Names:
         DNS Names:     boba
         IP Addresses:  10.0.63.203
"""
GOOD = HEAD.format(annotations="<none>") + SUBJECT + NAMES
FORGED = GOOD.replace("10.0.63.203", "10.0.63.203\n                        10.0.63.202")


def shell(name: str) -> list[str]:
    found = shutil.which(name)
    assert found
    return [found, "sh", "-s"] if name == "busybox" else [found, "-s"]


def judged(folder: Path, name: str, described: str, user: str = "system:node:boba") -> list[str]:
    """What the shell says of a request; its last word is yes or no."""
    (folder / "described").write_text(described)
    (folder / "user").write_text(user)
    admin = (
        'admin() {\ncase "$1" in\n'
        f"describe) cat {folder}/described ;;\n"
        f"get) cat {folder}/user ;;\n"
        "esac\n}\n"
    )
    ran = run(
        shell(name),
        f"set -eu\n{admin}{LOGIC}\nif judge csr-abcde; then echo yes; else echo no; fi\n",
    )
    assert ran.exit == 0, ran.lines
    return ran.lines


@pytest.mark.parametrize("name", SHELLS)
def test_a_node_gets_what_is_its_own(tmp_path: Path, name: str):
    assert judged(tmp_path, name, GOOD) == [
        "approved: csr-abcde of system:node:boba, for 10.0.63.203",
        "yes",
    ]


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize(
    "user",
    [
        "system:node:c3po",
        "system:node:vader",
        "system:bootstrap:abcdef",
        "boba",
        "",
        "system:node:",
    ],
)
def test_nobody_else_gets_it(tmp_path: Path, name: str, user: str):
    assert judged(tmp_path, name, GOOD, user)[-1] == "no"


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize(
    "described",
    [
        FORGED,
        GOOD.replace("DNS Names:     boba", "DNS Names:     boba\n                        c3po"),
        GOOD.replace("DNS Names:     boba", "DNS Names:     c3po"),
        GOOD.replace("10.0.63.203", "10.0.63.204"),
        GOOD.replace("Common Name:    system:node:boba", "Common Name:    system:node:c3po"),
        GOOD.replace("system:nodes", "system:nodes\n                  system:masters"),
        GOOD.replace("system:nodes", "system:masters"),
        GOOD + "         URIs:          spiffe://x\n",
        GOOD + "         Email Addresses:  a@b\n",
        GOOD.replace(NAMES, ""),
        HEAD.format(annotations="<none>"),
        # An annotation that looks like an honest request stands before the true one.
        HEAD.format(annotations="x=\n" + SUBJECT + NAMES) + SUBJECT + NAMES.replace("203", "204"),
        HEAD.format(annotations="x=\n" + SUBJECT + NAMES) + SUBJECT + NAMES,
        "",
    ],
)
def test_nobody_gets_more_than_the_cluster_file_has(tmp_path: Path, name: str, described: str):
    said = judged(tmp_path, name, described)
    assert said[-1] == "no"
    assert said[0].startswith("not approved: csr-abcde of system:node:boba asks for other names")


@pytest.mark.parametrize("name", SHELLS)
def test_only_undecided_requests_with_a_kubelets_kind_of_name_are_looked_at(
    tmp_path: Path, name: str
):
    rows = (
        "csr-abcde \ncsr-fghij Approved\ncsr-klmno Denied\n-rf \n$(reboot) \ncsr-A;b \nx-csr-x \n"
    )
    (tmp_path / "rows").write_text(rows)
    ran = run(shell(name), f"set -eu\nadmin() {{ cat {tmp_path}/rows; }}\n{LOGIC}\nwaiting\n")
    assert ran.lines == ["csr-abcde"]
