"""The report of a failure: kept for its owner alone, a few of them, and without secrets."""

import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kwizard.app.report import KEPT, keep_report, write_report
from kwizard.paths import cluster_dir

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
