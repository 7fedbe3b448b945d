"""How a daemon is started: the end of its script, run by real shells, with a systemctl that only
writes down what it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kwizard.engine.plan import build
from kwizard.recipes import steps_for
from tests.pure.recipes.modern_clusters import modern_variants
from tests.pure.recipes.shells import run

UNIT = "/etc/systemd/system/etcd.service"
ENABLE = "--quiet --no-reload enable etcd.service"
START = "--quiet --no-reload --no-block enable --now etcd.service"
RESTART = "--no-block restart etcd.service"
RELOAD = "daemon-reload"


def asked(
    shell: list[str], folder: Path, *, changed: str = "", known: str = UNIT, need: str = "no",
    state: str = "inactive", program: str = "/usr/local/bin/etcd", load: str = "loaded",
) -> list[str]:  # fmt: skip
    """What systemd is asked to do, after the question how the unit is."""
    _, cluster = next(iter(modern_variants()))
    script = build(steps_for(cluster)).of_step("hosts/etcd")[0].script
    end = script[script.index("# Started, and not waited for") :]
    told = folder / "told"
    told.write_text("")
    shown = (
        f"LoadState={load}\\nMainPID=7\\nNeedDaemonReload={need}\\nActiveState={state}"
        f"\\nFragmentPath={known}"
    )
    ran = run(
        shell,
        f"set -eu\nchanged={changed}\nunit={UNIT}\nreadlink() {{ echo '{program}'; }}\n"
        f"systemctl() {{\n    case $1 in show) printf '{shown}\\n' ;;"
        f' *) echo "$*" >>{told} ;; esac\n}}\n{end}',
    )
    assert ran.exit == 0, ran.lines
    return told.read_text().splitlines()


def test_a_new_unit_costs_systemd_no_reading_of_all_others(shell, tmp_path: Path):
    assert asked(shell, tmp_path, changed="yes") == [START]
    assert asked(shell, tmp_path, changed="yes", state="failed") == [START]


@pytest.mark.parametrize("state", ["active", "activating"])
def test_what_runs_as_wanted_is_left_alone(shell, tmp_path: Path, state: str):
    assert asked(shell, tmp_path, state=state) == [ENABLE]


def test_what_was_changed_is_read_anew_and_started_again(shell, tmp_path: Path):
    done = asked(shell, tmp_path, changed="yes", need="yes", state="active")
    assert done == [RELOAD, ENABLE, RESTART]


@pytest.mark.parametrize("known", ["/lib/systemd/system/etcd.service", ""])
def test_a_unit_known_from_another_place_or_not_at_all_is_read_anew(
    shell, tmp_path: Path, known: str
):
    done = asked(shell, tmp_path, changed="yes", known=known, state="active")
    assert done == [RELOAD, ENABLE, RESTART]
    assert asked(shell, tmp_path, changed="yes", known=known) == [RELOAD, START]


def test_a_unit_that_could_not_be_read_is_read_anew(shell, tmp_path: Path):
    done = asked(shell, tmp_path, changed="yes", load="error", state="failed")
    assert done == [RELOAD, START]


def test_a_program_that_was_replaced_is_started_again(shell, tmp_path: Path):
    done = asked(shell, tmp_path, state="active", program="/usr/local/bin/etcd (deleted)")
    assert done == [ENABLE, RESTART]
