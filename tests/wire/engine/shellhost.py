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
from kwizard.remote.host import Job, JobEnd, JobLog, JobOutcome, Output

WRAPPER = """\
job=$KWIZARD_JOB_DIR
sh "$job/script" >>"$job/log" 2>&1 </dev/null
status=$?
if [ $status = 0 ]; then mkdir -p steps; cp "$job/sum" "steps/$(cat "$job/stamp")"; fi
echo $status >"$job/exit.part"
mv "$job/exit.part" "$job/exit"
"""


class ShellHost:
    """`launches` counts the jobs really started; `away` makes every call fail as if the host were
    gone; `on_follow` is called at each follow (to interrupt a run at a known point)."""

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self.root = root
        self.launches: list[str] = []
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

    async def launch(self, job: Job) -> bool:
        where = self._job(job.id)
        try:
            where.mkdir(parents=True)
        except FileExistsError:
            return False
        (where / "script").write_text(job.script)
        (where / "stamp").write_text(job.stamp)
        (where / "sum").write_text(hashlib.sha256(job.script.encode()).hexdigest())
        (where / "log").touch()
        self.launches.append(job.id)
        process = subprocess.Popen(
            ["sh", "-c", WRAPPER],
            cwd=self.root,
            start_new_session=True,
            env={**self._environment(), "KWIZARD_JOB_DIR": str(where)},
        )
        (where / "pid").write_text(str(process.pid))
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
            ended = (where / "exit").exists()
            data = (where / "log").read_bytes()[offset:]
            if data:
                yield JobLog(offset, data)
                offset += len(data)
            if ended:
                yield JobEnd(JobOutcome.EXITED, int((where / "exit").read_text()))
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
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        path = self.root / target.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        data = source.read_bytes()
        path.write_bytes(data)
        path.chmod(mode)
        if progress:
            progress(len(data), len(data))

    @property
    def passing(self) -> None:
        """A host that takes what it is sent, and passes nothing on."""
        return

    async def forget(self, keep: tuple[str, ...] = ()) -> None:
        assert not keep
        shutil.rmtree(self.root)

    async def close(self) -> None:
        return None
