"""The classic recipe's table of flags beside what the real programs print of themselves."""

from __future__ import annotations

import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from kwizard.cluster.model import Version
from kwizard.lab.release.places import tarball_path
from kwizard.recipes.classic.flags import FLAGS, Component, Flag

pytestmark = [pytest.mark.lab, pytest.mark.kube]

VERSION = "v1.19.16"


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tarball = tarball_path(VERSION, nested=False)
    if not tarball.is_file():
        pytest.skip(f"no release here: kwizard lab release {VERSION} builds it")
    folder = tmp_path_factory.mktemp("programs")
    wanted = {flag.component for flag in FLAGS}
    with tarfile.open(tarball) as tar:
        for member in tar:
            if Path(member.name).name in wanted:
                member.name = Path(member.name).name
                tar.extract(member, folder, filter="data")
    return folder


@pytest.mark.parametrize("component", sorted({flag.component for flag in FLAGS}))
def test_the_table_agrees_with_the_program_s_own_help(programs: Path, component: Component):
    ran = subprocess.run(
        [programs / component, "--help"], capture_output=True, text=True, check=False
    )
    known = set(re.findall(r"^\s+(?:-\w, )?(--[a-z0-9-]+)", ran.stdout + ran.stderr, re.MULTILINE))
    assert len(known) > 30
    table: dict[str, Flag] = {f.name: f for f in FLAGS if f.component == component}
    version = Version.parse(VERSION)
    assert {name for name, flag in table.items() if flag.exists_in(version)} == {
        name for name in table if name in known
    }
