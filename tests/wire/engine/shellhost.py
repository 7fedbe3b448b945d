"""A host that is this machine's `sh` below a scratch folder: real scripts, real processes, no SSH.

Jobs run in sessions of their own and outlive the object, as on a real host.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from kwizard.errors import ConnectionLost
from kwizard.remote.host import Job, JobEnd, JobLog, JobOutcome, Output, Placement, Progress

WRAPPER = """\
read -r _begin  # once its number is written down in every folder: a failure removes the later ones
for job in "$@"; do
    KWIZARD_JOB_DIR=$job
    export KWIZARD_JOB_DIR
    if [ -n "$broken" ]; then rm -rf "$job"; continue; fi
    sh "$job/script" >>"$job/log" 2>&1 </dev/null
    status=$?
    if [ $status = 0 ]; then mkdir -p steps; cp "$job/sum" "steps/$(cat "$job/stamp")"; fi
    echo $status >"$job/exit.part"
    mv "$job/exit.part" "$job/exit"
    [ $status = 0 ] || broken=1
done
"""


class ShellHost:
    """`launches` holds the jobs handed over, `chains` which of them came together; `away` makes
    every call fail as if the host were gone; `on_follow` is called at each follow (to interrupt a
    run at a known point)."""

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self.root = root
        self.launches: list[str] = []
        self.chains: list[tuple[str, ...]] = []
        self.looks = 0
        self.away = False
        self.on_follow: Callable[[str], None] | None = None
        root.mkdir(parents=True, exist_ok=True)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "KWIZARD_ROOT": str(self.root), "HOST": self.name}

    async def look(self, script: str, *, timeout: float = 30.0, limit: int = 4 << 20) -> Output:
        if self.away:
            raise ConnectionLost("gone", host=self.name)
        self.looks += 1
        process = await asyncio.create_subprocess_exec(
            "sh",
            "-s",
            cwd=self.root,
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        out, err = await process.communicate(script.encode())
        return Output(process.returncode or 0, out[:limit], err[:limit])

    def _job(self, job_id: str) -> Path:
        return self.root / "jobs" / job_id

    async def launch(self, job: Job, *then: Job) -> bool:
        if self.away:
            raise ConnectionLost("gone", host=self.name)
        if self._job(job.id).exists():
            return False
        places = []
        for one in (job, *then):
            where = self._job(one.id)
            where.mkdir(parents=True)
            (where / "script").write_text(one.script)
            (where / "stamp").write_text(one.stamp)
            (where / "sum").write_text(hashlib.sha256(one.script.encode()).hexdigest())
            (where / "log").touch()
            self.launches.append(one.id)
            places.append(str(where))
        self.chains.append(tuple(one.stamp for one in (job, *then)))
        process = subprocess.Popen(
            ["sh", "-c", WRAPPER, "sh", *places],
            cwd=self.root,
            start_new_session=True,
            env=self._environment(),
            stdin=subprocess.PIPE,
        )
        for place in places:
            (Path(place) / "pid").write_text(str(process.pid))
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.close()
        self._reap(process)
        return True

    def _reap(self, process: subprocess.Popen[bytes]) -> None:
        asyncio.get_running_loop().run_in_executor(None, process.wait)

    async def follow(self, job_id: str, offset: int = 0) -> AsyncIterator[JobLog | JobEnd]:
        if self.on_follow:
            self.on_follow(job_id)
        where = self._job(job_id)
        if not where.is_dir():
            yield JobEnd(JobOutcome.UNKNOWN)
            return
        while True:
            if self.away:
                raise ConnectionLost("gone", host=self.name)
            ended = (where / "exit").exists()
            log = where / "log"
            data = log.read_bytes()[offset:] if log.exists() else b""
            if data:
                yield JobLog(offset, data)
                offset += len(data)
            if ended:
                yield JobEnd(JobOutcome.EXITED, int((where / "exit").read_text()))
                return
            if not where.is_dir():
                yield JobEnd(JobOutcome.UNKNOWN)
                return
            await asyncio.sleep(0.01)

    async def cancel(self, job_id: str) -> None:
        where = self._job(job_id)
        os.killpg(int((where / "pid").read_text()), 15)

    async def upload(
        self,
        source: Path,
        target: str,
        *,
        sha256: str,
        mode: int = 0o644,
        progress: Progress | None = None,
    ) -> None:
        size = source.stat().st_size
        file = Placement(target=target, size=size, sha256=sha256, mode=mode, source=source)
        await self.take(file, progress or (lambda _done, _total: None))

    async def take(self, file: Placement, progress: Progress) -> None:
        """Have the file, as hosts of other kinds do in other ways."""
        assert file.source is not None
        path = self.root / file.target.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.source.read_bytes())
        path.chmod(file.mode)
        progress(file.size, file.size)

    @property
    def passing(self) -> None:
        """A host that takes what it is sent, and passes nothing on."""
        return

    async def forget(self, keep: tuple[str, ...] = ()) -> None:
        assert not keep
        shutil.rmtree(self.root)

    async def close(self) -> None:
        return None
