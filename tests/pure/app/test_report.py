"""The report of a failure: kept for its owner alone, a few of them, and without secrets."""

import tarfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from kwizard.app.report import KEPT, keep_report, write_report
from kwizard.cli.apply import follow
from kwizard.cluster.model import Cluster, Version
from kwizard.engine import events as ev
from kwizard.paths import cluster_dir


def sample() -> Cluster:
    return Cluster(name="classic", version=Version(1, 19, 16), hosts=())


NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path))
    directory = cluster_dir("classic")
    (directory / "logs").mkdir(parents=True)
    (directory / "cluster.yaml").write_text("name: classic\n")
    (directory / "journal.jsonl").write_text("{}\n")
    (directory / "logs" / "a@anakin.log").write_text("+ curl http://me:hunter22@mirror/x\n")
    return directory


def texts(file: Path) -> dict[str, str]:
    with tarfile.open(file) as tar:
        out = {}
        for member in tar.getmembers():
            opened = tar.extractfile(member)
            assert opened is not None
            out[member.name.partition("/")[2]] = opened.read().decode()
        return out


def test_it_holds_what_was_shown_and_no_secret(folder: Path) -> None:
    words = "hosts/a on anakin failed\nno room\npassword=hunter22"
    file = keep_report("classic", words, NOW)
    found = texts(file)
    assert list(found) == [
        "failure.txt", "versions.txt", "cluster.yaml", "journal.jsonl", "logs/a@anakin.log",
    ]  # fmt: skip
    assert found["failure.txt"].startswith("hosts/a on anakin failed\nno room\n")
    assert not [text for text in found.values() if "hunter22" in text]
    assert file == folder / "reports" / "20260304-103000.tar.gz"


def test_nobody_else_can_read_it(folder: Path) -> None:
    file = keep_report("classic", "it failed", NOW)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_only_the_last_ones_are_kept_and_those_a_person_saved_stay(folder: Path) -> None:
    own = folder / "report-20260101-000000.tar.gz"
    write_report("classic", own)
    for minute in range(KEPT + 3):
        last = keep_report("classic", "it failed", NOW + timedelta(minutes=minute))
    left = sorted(p.name for p in last.parent.iterdir())
    assert left == [f"20260304-10{30 + m}00.tar.gz" for m in range(3, KEPT + 3)]
    assert own.exists()


def test_of_a_cluster_nobody_knows_there_is_none(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        keep_report("barn", "it failed", NOW)
    assert not cluster_dir("barn").exists()


@dataclass
class Session:
    """What `follow` asks of one."""

    cluster: Cluster
    rehearsal: bool = False


@dataclass
class Ended:
    """A run that ends like this: an installation's or a reset's."""

    exit: int
    session: Session = field(default_factory=lambda: Session(sample()))

    def interrupt(self) -> None:
        raise AssertionError

    async def events(self) -> AsyncIterator[ev.Event]:
        if self.exit == 1:
            yield ev.StepFailed(
                time=NOW,
                cluster="classic",
                phase="Reset",
                step="reset/files",
                host="boba",
                exit=1,
                reason="a file cannot be removed",
                hint="look at it",
                log_tail="rm: read-only file system",
            )
        ends: dict[int, Literal["done", "failed", "interrupted"]] = {
            0: "done",
            1: "failed",
            3: "interrupted",
        }
        yield ev.RunFinished(
            time=NOW, cluster="classic", status=ends[self.exit], seconds=1.0, exit=self.exit
        )


@pytest.mark.parametrize("as_json", [True, False])
async def test_a_run_without_a_screen_that_fails_leaves_one_too(
    folder: Path, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    assert await follow(Ended(1), as_json) == 1  # type: ignore[arg-type]
    (file,) = (folder / "reports").iterdir()
    said = capsys.readouterr()
    assert said.err == f"a report for help: {file}\n"
    assert "a report for help" not in said.out
    words = texts(file)["failure.txt"]
    assert "reset/files on boba failed: a file cannot be removed" in words
    assert "read-only file system" in words


@pytest.mark.parametrize("status", [0, 3])
async def test_one_that_ends_well_or_is_left_leaves_none(folder: Path, status: int) -> None:
    assert await follow(Ended(status), True) == status  # type: ignore[arg-type]
    assert not (folder / "reports").exists()


async def test_a_rehearsal_that_fails_leaves_none(folder: Path) -> None:
    rehearsal = Session(sample(), rehearsal=True)
    assert await follow(Ended(1, rehearsal), True) == 1  # type: ignore[arg-type]
    assert not (folder / "reports").exists()
