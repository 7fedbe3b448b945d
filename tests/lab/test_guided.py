"""The wizard on a real terminal, over real hosts: from an imported file to green, killed once."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.seen import eventually
from tests.lab.site import KWIZARD, NAMES, Site
from tests.lab.terminal import Terminal
from tests.lab.test_classic_install import whole

pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(900)]


class TestGuided:
    @pytest.fixture(scope="class")
    def site(self, bare_site: Callable[..., Site]) -> Site:
        return bare_site(backend="vxlan")

    def test_a_table_is_pasted_and_its_mistakes_are_shown(self, site: Site, tmp_path: Path):
        """No host is needed for this, but a real terminal is: bracketed paste, wide characters."""
        environment = {**site.environment, "KWIZARD_STATE_HOME": str(tmp_path)}
        with Terminal(site.lab.exec_command(KWIZARD), environment) as terminal:
            terminal.until("New cluster")
            terminal.keys("Enter")
            terminal.until("No hosts yet")
            terminal.keys("p")
            terminal.until("Paste a table of hosts")
            terminal.type("HOSTNAME ADDRESS")
            terminal.keys("Enter")
            terminal.type("anakin 10.0.63.202/172.0.63.202")
            terminal.keys("Enter")
            terminal.type("boba 10.0.63.203/172.0.63.203")
            terminal.press("Take them in")
            terminal.until("anakin +10.0.63.202")
            terminal.until("boba +10.0.63.203")

    def test_guided_run_killed_in_the_middle_and_resumed(self, site: Site):
        with Terminal(site.lab.exec_command(KWIZARD), site.environment) as terminal:
            terminal.until("New cluster")
            terminal.keys("Enter")
            terminal.until("No hosts yet")
            terminal.keys("i")
            terminal.until("Import a cluster file")
            terminal.type(str(site.file))
            terminal.keys("Enter")
            terminal.until("10.0.63.204")
            terminal.keys("k")
            eventually(terminal.screen, lambda screen: screen.count("✓ ready") == 3, 60)
            terminal.press("Release ›")
            terminal.press("Options ›")
            terminal.press("Review ›")
            terminal.until(r"\d+ of \d+ steps to do", 60)
            terminal.keys("Enter")
            terminal.until("set -eu")  # the script itself, in full
            terminal.keys("Escape")
            terminal.press("Install ›")
            terminal.until(r"(2\d|3\d) of \d+ steps", 120)
            os.kill(terminal.pid, signal.SIGKILL)
        before = site.jobs()
        assert any(before.values())

        with Terminal(site.lab.exec_command([*KWIZARD, "resume"]), site.environment) as terminal:
            terminal.until("✓ installed", 300)
            terminal.press("See the cluster")
            terminal.until("All is well", 60)
            terminal.until("27/27 pings answered")
        whole(site)

        (name,) = [p.name for p in (site.folder / "state/clusters").iterdir()]
        journal = (site.folder / "state/clusters" / name / "journal.jsonl").read_text().splitlines()
        ended = [
            r for r in map(json.loads, journal) if r["kind"] == "task.ended" and r["exit"] == 0
        ]
        jobs = [r["job"] for r in ended if r.get("job")]
        assert len(jobs) == len(set(jobs))
        tasks = [r["task"] for r in ended if r.get("job")]
        assert len(tasks) == len(set(tasks)), "no step was done twice over the kill"
        for host in NAMES:
            assert set(before[host]) <= set(site.jobs()[host])
