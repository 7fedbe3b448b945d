"""What a kubelet reaches the API with before and after it has joined; what a host is set to."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kwizard.recipes import steps_for
from kwizard.recipes.render import render
from tests.pure.recipes.modern_clusters import current
from tests.pure.recipes.shells import SHELLS, run
from tests.pure.recipes.test_serving import shell

CLUSTER = current()


def rendered(*assets: str) -> str:
    values = steps_for(CLUSTER).values
    boba = CLUSTER.host("boba")
    return "\n".join(
        render(f"modern/{a}", cluster=CLUSTER, host=boba, values=values) for a in assets
    )


LOGIC = rendered("lib/kubeconfig.inc.sh", "nodes/identity.inc.sh")


@pytest.mark.parametrize("name", SHELLS)
def test_before_it_has_joined_it_is_known_by_the_token_alone(tmp_path: Path, name: str):
    (tmp_path / "bootstrap-token").write_text("abcdef.0123456789abcdef")
    ran = run(shell(name), f"set -eu\nKWIZARD_JOB_DIR={tmp_path}\n{LOGIC}\nbootstrap_text\n")
    config = yaml.safe_load("\n".join(ran.lines))
    assert config["users"][0]["user"] == {"token": "abcdef.0123456789abcdef"}
    cluster = config["clusters"][0]["cluster"]
    assert cluster["certificate-authority"] == "/etc/kubernetes/pki/ca.crt"


@pytest.mark.parametrize("name", SHELLS)
def test_afterwards_by_the_certificate_it_keeps_itself(name: str):
    ran = run(shell(name), f"set -eu\n{LOGIC}\nidentity_text\n")
    own = "/var/lib/kubelet/pki/kubelet-client-current.pem"
    user = yaml.safe_load("\n".join(ran.lines))["users"][0]
    assert user["name"] == "system:node:boba"
    assert user["user"] == {"client-certificate": own, "client-key": own}


@pytest.mark.parametrize("name", SHELLS)
def test_only_what_can_be_set_is_set_and_nothing_is_lowered(tmp_path: Path, name: str):
    files = {
        "vm/overcommit_memory": ("0", 0o444),  # a container's: the machine decides
        "fs/inotify/max_user_instances": ("128", 0o644),
        "fs/inotify/max_user_watches": ("1048576", 0o644),
    }
    for path, (value, mode) in files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(value)
        file.chmod(mode)
    logic = rendered("hosts/kernel.inc.sh").replace("/proc/sys", str(tmp_path))
    ran = run(shell(name), f"set -eu\n{logic}\nsettings_text; echo $settings $modules\n")
    assert [line for line in ran.lines if line.startswith(("vm", "kernel", "fs"))] == [
        "fs/inotify/max_user_instances = 1024",
        "fs/inotify/max_user_watches = 1048576",
    ]
