from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kwizard.errors import ReleaseError
from kwizard.lab.release.mirror import Faults, Mirror, Request
from kwizard.release.download import Fetched, Patience, fetch
from tests.wire.release.conftest import IMPATIENT, SIZE, Served, Told, noise

FILE = "/release.tar.gz"


def bodies(mirror: Mirror) -> list[Request]:
    """What was asked of the file itself, sums left out."""
    return [request for request in mirror.log if request.path == FILE]


async def get(
    url: str,
    target: Path,
    told: Told,
    patience: Patience = IMPATIENT,
    *,
    sha256: str | None = None,
) -> Fetched:
    return await fetch(
        url, target, sha256=sha256, progress=told.progress, notice=told.notice, patience=patience
    )


async def test_a_file_comes_whole_with_the_sum_beside_it(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    fetched = await get(url, target, told)

    assert target.read_bytes() == served.data
    assert (fetched.sha256, fetched.size, fetched.downloaded) == (served.sha256, SIZE, SIZE)
    assert fetched.checked == "release.tar.gz.sha256 on the server"
    assert told.steps[-1] == (SIZE, SIZE)
    assert sorted(p.name for p in target.parent.iterdir()) == [
        "release.tar.gz",
        "release.tar.gz.lock",
        "release.tar.gz.verified.json",
    ]


async def test_a_cut_line_is_taken_up_at_the_next_byte(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    mirror.fault(FILE, Faults(cut_after=1_000_000, times=2))

    fetched = await get(url, target, told)

    assert target.read_bytes() == served.data
    assert fetched.downloaded == SIZE
    assert [r.range for r in bodies(mirror)] == ["", "bytes=1000000-", "bytes=2000000-"]
    assert [r.sent for r in bodies(mirror)] == [1_000_000] * 3
    assert all(r.if_range for r in bodies(mirror)[1:])
    assert len([n for n in told.notices if "trying again" in n]) == 2


async def test_many_cuts_are_endured_while_bytes_still_come(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    mirror.fault(FILE, Faults(cut_after=SIZE // 10))

    await get(url, target, told)

    assert target.read_bytes() == served.data
    assert len(bodies(mirror)) > IMPATIENT.attempts


async def test_a_silent_server_is_left_and_asked_again(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    mirror.fault(FILE, Faults(stall_after=700_000, times=1))

    await get(url, target, told, replace(IMPATIENT, silence=1.0))

    assert target.read_bytes() == served.data
    assert [r.range for r in bodies(mirror)] == ["", "bytes=700000-"]
    assert "nothing came for 1 s" in told.notices[0]


async def test_a_file_that_changed_is_not_stitched_to_the_old_part(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    mirror.fault(FILE, Faults(cut_after=1_000_000))
    with pytest.raises(ReleaseError):
        await get(url, target, told, Patience(attempts=1))
    part = Path(f"{target}.part")
    assert part.stat().st_size == 1_000_000
    new = served.replace(noise(2))
    mirror.heal()

    fetched = await get(url, target, told)

    assert target.read_bytes() == new.data
    assert fetched.downloaded == SIZE
    assert "the file on the server has changed; starting from the beginning" in told.notices


async def test_a_changed_file_on_a_server_without_tags_is_caught_by_its_sum(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    mirror.fault(FILE, Faults(cut_after=1_000_000, no_validators=True))
    with pytest.raises(ReleaseError):
        await get(url, target, told, Patience(attempts=1))
    new = served.replace(noise(2))
    mirror.fault(FILE, Faults(no_validators=True))

    await get(url, target, told)

    assert target.read_bytes() == new.data
    assert bodies(mirror)[-2].status == 206
    assert bodies(mirror)[-1].range == ""
    assert "the checksum is wrong; fetching all of it anew" in told.notices


async def test_a_server_without_ranges_is_used_from_the_beginning(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    mirror.fault(FILE, Faults(cut_after=1_000_000, ignore_range=True, times=1))
    with pytest.raises(ReleaseError):
        await get(url, target, told, Patience(attempts=1))
    mirror.fault(FILE, Faults(ignore_range=True))

    await get(url, target, told)

    assert target.read_bytes() == served.data
    assert bodies(mirror)[-1].status == 200
    assert "the server cannot go on in the middle; starting from the beginning" in told.notices


async def test_cuts_on_a_server_without_ranges_come_to_an_end(
    mirror: Mirror, url: str, target: Path, told: Told
) -> None:
    mirror.fault(FILE, Faults(cut_after=1_000_000, ignore_range=True))

    with pytest.raises(ReleaseError, match="gave up after 4 attempts") as caught:
        await get(url, target, told)

    assert "goes on where it stopped" in caught.value.remedy
    assert not target.exists()


async def test_a_server_that_promises_more_than_there_is_is_not_believed(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    mirror.fault(FILE, Faults(length_off=1000))

    await get(url, target, told)

    assert target.read_bytes() == served.data
    assert bodies(mirror)[-1].status == 416


async def test_a_server_that_promises_less_than_there_is_gives_no_file(
    mirror: Mirror, url: str, target: Path, told: Told
) -> None:
    mirror.fault(FILE, Faults(length_off=-1000))

    with pytest.raises(ReleaseError, match="has sha256"):
        await get(url, target, told)

    assert not target.exists()


async def test_a_wrong_sum_leaves_nothing_that_looks_like_the_file(
    url: str, target: Path, told: Told
) -> None:
    with pytest.raises(ReleaseError, match=f"expected {'0' * 64}") as caught:
        await get(url, target, told, sha256="0" * 64)

    assert "release: sha256:" in caught.value.remedy
    assert not target.exists()
    assert not Path(f"{target}.part").exists()


async def test_without_any_sum_nothing_is_downloaded(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    Path(f"{served.path}.sha256").unlink()

    with pytest.raises(ReleaseError, match="there is no checksum") as caught:
        await get(url, target, told)

    assert "release: sha256:" in caught.value.remedy
    assert [r.method for r in bodies(mirror)] == ["HEAD"]


async def test_a_sum_file_that_is_a_web_page_is_no_sum(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    Path(f"{served.path}.sha256").write_text("<html>please log in</html>" * 1000)

    with pytest.raises(ReleaseError, match="there is no checksum"):
        await get(url, target, told)


@pytest.mark.parametrize(
    ("status", "sentence", "asked"),
    [(404, "does not exist", 1), (403, "refuses", 1), (418, "answered 418", 1), (503, "503", 4)],
)
async def test_a_server_that_does_not_give_the_file_is_named(
    mirror: Mirror,
    served: Served,
    url: str,
    target: Path,
    told: Told,
    status: int,
    sentence: str,
    asked: int,
) -> None:
    mirror.fault(FILE, Faults(status=status))

    with pytest.raises(ReleaseError, match=sentence) as caught:
        await get(url, target, told, sha256=served.sha256)

    assert FILE in caught.value.message
    assert caught.value.remedy
    assert len(bodies(mirror)) == asked
    assert not Path(f"{target}.part").exists()


async def test_a_server_that_is_away_is_tried_again_and_named(
    tmp_path: Path, target: Path, told: Told
) -> None:
    with Mirror(tmp_path) as gone:
        url = f"{gone.url}{FILE}"

    with pytest.raises(ReleaseError, match="no connection"):
        await get(url, target, told, sha256="0" * 64)

    assert len(told.notices) == IMPATIENT.attempts - 1


async def test_what_was_verified_once_needs_no_network(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    await get(url, target, told)
    before = len(mirror.log)

    again = await get(url, target, told)

    assert (again.downloaded, again.sha256) == (0, served.sha256)
    assert len(mirror.log) == before


async def test_a_target_that_rotted_is_fetched_again(
    served: Served, url: str, target: Path, told: Told
) -> None:
    await get(url, target, told)
    target.write_bytes(b"\0" + target.read_bytes()[1:])

    await get(url, target, told)

    assert target.read_bytes() == served.data
    assert "another checksum" in told.notices[0]


async def test_a_full_disk_is_said_before_anything_is_written(
    url: str, target: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(target.parent.parent)._replace(free=SIZE - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    with pytest.raises(ReleaseError, match=r"no space left .*: 3,000,000 more bytes") as caught:
        await get(url, target, told)

    assert "make room" in caught.value.remedy


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "file:///etc/passwd", "/etc/passwd"])
async def test_only_http_addresses_are_fetched(url: str, target: Path, told: Told) -> None:
    with pytest.raises(ReleaseError, match="no http or https address"):
        await get(url, target, told)


async def test_a_part_of_another_address_is_not_used(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    mirror.fault(FILE, Faults(cut_after=1_000_000))
    with pytest.raises(ReleaseError):
        await get(url, target, told, Patience(attempts=1))
    other = Served(served.path.with_name("other.tar.gz"), b"").replace(noise(3))

    await get(f"{mirror.url}/other.tar.gz", target, told)

    assert target.read_bytes() == other.data


FETCHER = """
import asyncio, sys
from pathlib import Path
from kwizard.release.download import fetch

async def progress(done, total):
    print(done, flush=True)

asyncio.run(fetch(sys.argv[1], Path(sys.argv[2]), progress=progress))
"""


async def start_fetcher(url: str, target: Path, enough: int) -> asyncio.subprocess.Process:
    """A process fetching `url`, once it has told of `enough` bytes."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FETCHER, url, str(target), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async for line in process.stdout:
        if int(line) >= enough:
            return process
    raise AssertionError("the fetcher ended by itself")


async def end(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGKILL)
    await process.communicate()


async def test_a_killed_process_is_taken_up_at_the_byte_it_had_kept(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    mirror.fault(FILE, Faults(stall_after=1_300_000, times=1))
    await end(await start_fetcher(url, target, 1_300_000))
    kept = Path(f"{target}.part").stat().st_size
    assert kept == 1_300_000

    fetched = await get(url, target, told)

    assert target.read_bytes() == served.data
    assert (fetched.resumed_at, fetched.downloaded) == (kept, SIZE - kept)
    last = bodies(mirror)[-1]
    assert (last.range, last.status, last.sent) == (f"bytes={kept}-", 206, SIZE - kept)
    assert f"going on at byte {kept}" in told.notices


async def test_a_second_process_is_refused_while_the_first_fetches(
    mirror: Mirror, served: Served, url: str, target: Path, told: Told
) -> None:
    mirror.fault(FILE, Faults(stall_after=1_000_000))
    process = await start_fetcher(url, target, 1_000_000)
    try:
        with pytest.raises(ReleaseError, match=f"already by another .*process {process.pid}"):
            await get(url, target, told)
    finally:
        await end(process)
    mirror.heal()

    await get(url, target, told)

    assert target.read_bytes() == served.data
