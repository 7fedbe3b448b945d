"""The lab tier: real hosts on this machine, three of them for the whole session."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kwizard.errors import LabError
from kwizard.lab import packages
from kwizard.lab.cgroups import Hierarchies
from kwizard.lab.lab import Lab
from kwizard.lab.layout import Layout
from kwizard.lab.rootfs import apt_sources, rootfs_path
from tests.lab.site import Site

pytest.register_assert_rewrite("tests.lab.installed")

_TEST_LAB = re.compile(r"test-(\d+)(-[a-z0-9]+)?")
_SECONDS = 600
"""For a test and the fixtures it is the first to need: building the root filesystem is one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        ours = item.path.is_relative_to(Path(__file__).parent)
        if ours and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(_SECONDS))


def _why_not() -> str | None:
    """Why there can be no lab here; None when there can."""
    if reason := packages.obstacle():
        return reason
    if missing := packages.missing():
        return f"missing Debian packages: {' '.join(missing)} (kwizard lab setup installs them)"
    try:
        hierarchies = Hierarchies.of_machine()
        if not rootfs_path().is_dir():
            apt_sources()
    except LabError as problem:
        return str(problem)
    if hierarchies.pure_v2:
        return "this machine has only cgroup v2, where practice hosts are untried"
    return None


@pytest.fixture(scope="session")
def lab_possible() -> None:
    """Skips where a lab is impossible; fails instead when KWIZARD_REQUIRE_LAB=1."""
    if reason := _why_not():
        if os.environ.get("KWIZARD_REQUIRE_LAB") == "1":
            pytest.fail(f"KWIZARD_REQUIRE_LAB=1, but: {reason}")
        pytest.skip(f"no lab here: {reason}")
    _end_labs_of_killed_runs()


def _end_labs_of_killed_runs() -> None:
    home = Layout.of("any").home
    for directory in home.glob("test-*") if home.is_dir() else ():
        match = _TEST_LAB.fullmatch(directory.name)
        if match and not Path("/proc", match[1]).exists():
            Lab(directory.name).down(wipe=True)


@pytest.fixture(scope="session")
def lab(lab_possible: None) -> Iterator[Lab]:
    """Three hosts that are up, in a lab of this run's own; everything is gone after the session."""
    ours = Lab(f"test-{os.getpid()}", print)
    try:
        ours.up(3)
        yield ours
    finally:
        ours.down(wipe=True)


@pytest.fixture
def other_lab(lab_possible: None) -> Iterator[Callable[[], Lab]]:
    """Makes further labs, not up yet, under names of their own; gone after the test."""
    made: list[Lab] = []

    def make() -> Lab:
        made.append(Lab(f"test-{os.getpid()}-{len(made) + 1}", print))
        return made[-1]

    try:
        yield make
    finally:
        for each in made:
            each.down(wipe=True)


@pytest.fixture(scope="class")
def bare_site(
    lab_possible: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Site]]:
    """Makes sites of three bare hosts; options are those of `Lab.cluster_file` and `disk_mb`.

    A site's lab is its own; it is gone with the class (or function) that asked for it.
    """
    made: list[Lab] = []

    def make(*, disk_mb: int | None = None, **options: Any) -> Site:
        lab = Lab(f"test-{os.getpid()}-s{len(made) + 1}", print)
        made.append(lab)
        lab.up(3, disk_mb=disk_mb)
        folder = tmp_path_factory.mktemp("site")
        return Site(lab, folder, lab.cluster_file(file=folder / "cluster.yaml", **options))

    try:
        yield make
    finally:
        for each in made:
            each.down(wipe=True)


@pytest.fixture(scope="session")
def measured(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Prints a measured figure into the test run's own output, passed or not."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def tell(text: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"\n[measured] {text}", flush=True)

    return tell
