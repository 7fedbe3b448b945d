from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Static

from kwizard.cluster.model import RecipeName
from kwizard.tui.farewell import first_commands, kubeconfig, last_words
from kwizard.tui.model import Status
from kwizard.tui.plain import hung

from .conftest import Open, until
from .scripted import CLUSTER, ScriptedCases


@pytest.mark.parametrize(
    ("status", "well", "said"),
    [
        ("idle", True, ""),
        ("running", True, "kwizard resume classic"),
        ("interrupted", True, "kwizard resume classic"),
        ("failed", True, "kwizard resume classic"),
        ("done", False, "not well"),
        ("done", True, "kubectl -s http://10.0.63.202:8080 get nodes"),
    ],
)
def test_the_terminal_keeps_what_is_good_to_know_next(
    status: Status, well: bool, said: str
) -> None:
    words = last_words(CLUSTER, status, well=well, rehearsal=False)
    assert said in words
    assert bool(words) == bool(said)


def test_a_rehearsal_promises_nothing_that_outlives_it() -> None:
    words = last_words(CLUSTER, "running", well=True, rehearsal=True)
    assert "resume" not in words
    assert "nothing was installed" in words


def test_a_modern_cluster_is_asked_with_the_operators_own_kubeconfig(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path))
    modern = replace(CLUSTER, recipe=RecipeName.MODERN)
    file = tmp_path / "clusters/classic/admin.kubeconfig"
    assert kubeconfig(modern) == file
    commands = first_commands(modern)
    assert len(commands) == 3
    assert all(c.startswith(f"kubectl --kubeconfig {file} get ") for c in commands)
    assert kubeconfig(CLUSTER) is None


async def test_chinese_sentences_are_broken_where_chinese_may_be_broken(opened: Open) -> None:
    async with opened(ScriptedCases()) as pilot:
        text = Static("每台主机都会校验自己的副本。", id="broken")
        text.styles.width = 14
        await pilot.app.screen.mount(text)
        await until(pilot, lambda: text.size.height > 1)
        drawn = [text.render_line(y).text.rstrip() for y in range(text.size.height)]
        assert drawn == ["每台主机都会校", "验自己的副本。"]
        text.update("名称是 kubernetes（经典）")
        await until(pilot, lambda: "名称" in text.render_line(0).text)
        lines = [text.render_line(y).text.rstrip() for y in range(text.size.height)]
        assert lines == ["名称是", "kubernetes（经", "典）"]


def test_a_value_in_chinese_hangs_beside_its_name() -> None:
    said = hung("校验和", "与已知的校验和逐一核对，都相同。", 6, 24)
    assert said.plain.split("\n") == [
        "校验和  与已知的校验和逐",
        "        一核对，都相同。",
    ]
