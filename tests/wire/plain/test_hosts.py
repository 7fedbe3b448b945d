"""The plain list of hosts, and the questions about their keys."""

from __future__ import annotations

from typing import cast

from kwizard.plain.hosts import tell_hosts
from kwizard.plain.questions import Questions
from kwizard.plain.talk import Talk
from kwizard.plain.terminal import Terminal
from kwizard.tui.draft import Draft
from kwizard.tui.usecases import HostReport, KeyQuestion
from tests.wire.tui.scripted import CLUSTER, ScriptedCases

from .paper import Paper


def talk_on(paper: Paper, **kwargs: object) -> Talk:
    cases = ScriptedCases(**kwargs)  # type: ignore[arg-type]
    return Talk(Questions(cast("Terminal", paper)), cases, Draft(CLUSTER))


def test_a_look_is_called_old_once_an_answer_it_rests_on_has_changed() -> None:
    paper = Paper()
    talk = talk_on(paper, rests=lambda _cluster: "now")
    talk.draft.checks = {
        "anakin": HostReport("anakin", rests_on="before"),
        "boba": HostReport("boba", rests_on="now"),
    }
    tell_hosts(talk)
    (anakin,) = [line for line in paper.said.splitlines() if "anakin" in line]
    (boba,) = [line for line in paper.said.splitlines() if "boba" in line]
    assert "looked at before an answer changed; check again" in anakin
    assert "ready" in boba


async def test_a_key_says_which_of_how_many_it_is() -> None:
    paper = Paper("yes", "no")
    talk = talk_on(paper)
    question = KeyQuestion("boba", "10.0.63.203", "ssh-ed25519", "SHA256:x", 2, 3)
    assert await talk.asker.confirm_key(question)
    assert "Key 2 of 3:" in paper.said
    alone = KeyQuestion("c3po", "10.0.63.204", "ssh-ed25519", "SHA256:y")
    assert not await talk.asker.confirm_key(alone)
    assert paper.said.count("Key ") == 1
