"""All probes of a host as one script."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kwizard.app.planning import make_plan
from kwizard.engine.survey import combined, parse
from tests.pure.recipes.modern_clusters import current
from tests.pure.recipes.shells import SHELLS, run
from tests.pure.recipes.test_serving import shell

MARK = "kwizard-mark"


@pytest.mark.parametrize("name", SHELLS)
def test_a_probe_that_waited_in_vain_spares_those_after_it_the_same(name: str):
    tell = 'echo "${unanswered:-nothing is known}"'
    probes = (tell, "unanswered=yes; exit 1", tell, "echo 'no answer'; exit 75", f"{tell}; exit 3")
    tasks = [
        replace(task, probe=probe)
        for task, probe in zip(make_plan(current()).tasks, probes, strict=False)
    ]
    said = "\n".join(run(shell(name), combined(tasks, MARK)).lines) + "\n"
    looks = parse(said, MARK, len(tasks))
    assert [(looks[n].exit, looks[n].line) for n in range(len(probes))] == [
        (0, "nothing is known"),
        (1, ""),
        (0, "nothing is known"),
        (75, "no answer"),
        (3, "yes"),
    ]
