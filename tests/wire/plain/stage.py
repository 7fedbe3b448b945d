"""Run on a pty by the tests: the plain wizard on rehearsal hosts of which one goes wrong once.

python -m tests.wire.plain.stage STATE-FOLDER [new|resume] [STEP HOST]
"""

from __future__ import annotations

import asyncio
import os
import sys

from kwizard.plain import plain
from kwizard.rehearsal import Fault, NoRehearsal, Rehearsal
from kwizard.tui.live import LiveUseCases

SKIP = 77


async def main(state: str, faults: list[str]) -> int:
    os.environ["KWIZARD_STATE_HOME"] = state
    told = [Fault(step, host) for step, host in zip(faults[::2], faults[1::2], strict=True)]
    try:
        async with Rehearsal(2, speed=0, faults=told) as rehearsal:
            return await plain(cluster=rehearsal.cluster, opener=LiveUseCases(rehearsal=True))
    except NoRehearsal as error:
        print(f"no rehearsal: {error}")
        return SKIP


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], sys.argv[2:])))
