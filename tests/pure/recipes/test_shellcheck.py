"""Every script of every combination, rendered, is clean POSIX shell."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kwizard.app.reset import reset_plan
from kwizard.engine.plan import build
from kwizard.recipes import steps_for
from tests.pure.recipes.clusters import variants
from tests.pure.recipes.modern_clusters import modern_variants

SHELLCHECK = shutil.which("shellcheck") or str(Path(sys.executable).parent / "shellcheck")

NAMED = re.compile(r"\b(?:\d{1,3}(?:\.\d{1,3}){3}|anakin|boba|c3po)\b")


def rendered() -> dict[str, str]:
    """Each different text once, with the name of the first task that has it. Texts that differ in
    addresses and hosts' names alone are the same shell."""
    out: dict[str, str] = {}
    seen: set[str] = set()
    for name, cluster in [*variants(), *modern_variants()]:
        taken_back = reset_plan(cluster, tuple(h.name for h in cluster.hosts)).tasks
        for task in (*build(steps_for(cluster)).tasks, *taken_back):
            for kind, text in (
                ("script", task.script),
                ("probe", task.probe or ""),
                ("guard", task.guard or ""),
            ):
                shape = NAMED.sub("x", text)
                if text and shape not in seen:
                    seen.add(shape)
                    label = f"{task.id}.{kind}.{name}.sh".replace("/", "_")
                    out[text] = label
    return out


@pytest.mark.timeout(600)
def test_rendered_scripts_pass_shellcheck(tmp_path: Path):
    texts = rendered()
    assert len(texts) > 200
    files = []
    for text, label in texts.items():
        file = tmp_path / label
        file.write_text(text)
        files.append(str(file))
    found = subprocess.run(
        [SHELLCHECK, "-s", "sh", "-f", "gcc", *files], capture_output=True, text=True, check=False
    )
    lines = [line.replace(f"{tmp_path}/", "") for line in found.stdout.splitlines()]
    assert not lines, "\n".join(lines[:40])
    assert found.returncode == 0, found.stderr


def test_every_script_begins_with_a_comment_and_stops_at_the_first_error():
    for text, label in rendered().items():
        assert text.startswith("# "), label
        first = next(line for line in text.splitlines() if line and not line.startswith("#"))
        assert first == "set -eu", label
