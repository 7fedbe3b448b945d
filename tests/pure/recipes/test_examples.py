"""The cluster files under docs/examples can be installed as far as a file alone can tell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kwizard.cluster.load import loads
from kwizard.engine.plan import build
from kwizard.recipes import steps_for

EXAMPLES = sorted((Path(__file__).parents[3] / "docs" / "examples").glob("*.yaml"))


def test_there_are_some():
    assert {p.name for p in EXAMPLES} >= {"modern.yaml"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_example_has_a_plan_and_nothing_to_warn_of(path: Path):
    loaded = loads(path.read_text(encoding="utf-8"), str(path))
    assert loaded.warnings == ()
    assert len(build(steps_for(loaded.cluster)).tasks) > 50


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_every_image_a_script_names_is_listed(path: Path):
    """What is not listed would be missed on hosts that can pull nothing."""
    plan = build(steps_for(loads(path.read_text(encoding="utf-8"), str(path)).cluster))
    named = {
        image
        for task in plan.tasks
        for image in re.findall(r"^ *image: (\S+)$", task.script, re.MULTILINE)
    }
    listed = {i.name for i in plan.images}
    assert named
    assert named <= listed
