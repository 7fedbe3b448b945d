from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from kwizard.cluster.model import Docker, Etcd, EtcdMode, Firewall, Network
from kwizard.engine.plan import build
from kwizard.errors import InvalidInput
from kwizard.recipes import steps_for
from kwizard.recipes.render import _compiled, _environment, quote, render, word
from tests.pure.recipes.clusters import ANAKIN, BOBA, C3PO, article, later

HOSTILE = [
    "x; touch /tmp/owned",
    "x$(touch /tmp/owned)",
    "x`touch /tmp/owned`",
    "x' ; touch /tmp/owned ; '",
    'x" ; touch /tmp/owned ; "',
    "x\ntouch /tmp/owned\n",
    "x\nHOSTS\ntouch /tmp/owned",
    "x && touch /tmp/owned",
    "x | tee /tmp/owned",
    "../../etc/passwd > /tmp/owned",
    "/tmp/owned*",
    "x #/tmp/owned",
    "${IFS}/tmp/owned",
    "/tmp/owned\\",
    "/tmp/owned\0y",
]


def text(template: str, **values: object) -> str:
    environment: Environment = _environment()
    return environment.from_string(template).render(**values)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_that_could_act_is_refused_where_the_quoting_was_forgotten(value: str):
    with pytest.raises(InvalidInput):
        text("echo {{ value }}", value=value)


@given(st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"])))
@settings(max_examples=40, deadline=None)
def test_quoted_it_is_one_word_of_a_real_shell_and_says_the_same(value: str):
    script = text("printf '%s|' {{ value | q }}", value=value)
    ran = subprocess.run(["sh"], input=script.encode(), capture_output=True, check=True)
    assert ran.stdout.decode() == f"{value}|"


def test_a_nul_cannot_be_quoted():
    with pytest.raises(InvalidInput):
        quote("a\0b")


@pytest.mark.parametrize("value", ["10.0.63.202", "http://10.0.63.202:8080", "a=b,c", "x@y+z"])
def test_plain_words_stand_as_they_are(value: str):
    assert text("{{ value }}", value=value) == value
    assert word(value) == value


def test_a_name_the_template_does_not_get_is_an_error():
    with pytest.raises(InvalidInput, match="is undefined"):
        render("classic/network/flannel-key.probe.sh", cluster=article(), host=ANAKIN, values={})


def test_an_asset_that_is_not_there_is_an_error():
    with pytest.raises(InvalidInput, match=r"no asset classic/nowhere\.sh"):
        render("classic/nowhere.sh", cluster=article(), host=ANAKIN, values={})


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    "where",
    ["host", "cluster", "domain", "prefix", "image", "pause", "zone", "endpoint"],
)
def test_nothing_hostile_out_of_a_cluster_file_reaches_a_script(where: str, value: str):
    """Either the plan is refused, or the value stands in quotes that the shell takes as one word:
    without these words nothing of it is left."""
    clusters = {
        "host": lambda: later(hosts=(replace(ANAKIN, name=value), BOBA, C3PO)),
        "cluster": lambda: later(name=value),
        "domain": lambda: later(network=Network(domain=value)),
        "prefix": lambda: later(network=Network(prefix=value)),
        "image": lambda: later(etcd=Etcd(image=value)),
        "pause": lambda: later(docker=Docker(pause_image=value)),
        "zone": lambda: later(firewall=Firewall(zone=value)),
        "endpoint": lambda: later(
            etcd=Etcd(mode=EtcdMode.EXISTING, endpoints=(f"http://{value}",))
        ),
    }
    try:
        plan = build(steps_for(clusters[where]()))
    except InvalidInput:
        return
    for task in plan.tasks:
        for script in (task.script, task.probe or "", task.guard or ""):
            assert "owned" not in script.replace(str(quote(value)), ""), task.id


def test_paths_of_the_operator_s_machine_reach_no_script():
    cluster = later(etcd=Etcd(archive="/home/me; owned/etcd.tar"))
    for task in build(steps_for(cluster)).tasks:
        assert "owned" not in task.script + (task.probe or "")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache of compiled templates."""
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path))
    _environment.cache_clear()
    yield tmp_path / "templates"
    _environment.cache_clear()


def test_compiled_templates_are_kept_and_found_again(kept: Path):
    first = build(steps_for(later()))
    times = {path: path.stat().st_mtime_ns for path in kept.iterdir()}
    _environment.cache_clear()
    assert build(steps_for(later())) == first
    assert times
    assert {path: path.stat().st_mtime_ns for path in kept.iterdir()} == times


def test_a_template_compiled_from_another_text_is_not_taken(kept: Path):
    first = build(steps_for(later()))
    files = sorted(kept.iterdir())
    for one, other in zip(files, [*files[1:], files[0]], strict=True):
        one.write_bytes(other.read_bytes())
    _environment.cache_clear()
    assert build(steps_for(later())) == first


def test_what_was_cut_off_is_compiled_anew(kept: Path):
    first = build(steps_for(later()))
    for number, path in enumerate(sorted(kept.iterdir())):
        path.write_bytes(path.read_bytes()[: 7 * number])
    _environment.cache_clear()
    assert build(steps_for(later())) == first
    _environment.cache_clear()
    assert build(steps_for(later())) == first


def test_a_full_disk_keeps_nothing_and_stops_nothing(kept: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    assert build(steps_for(later())).tasks
    assert not list(kept.iterdir())


def test_compiled_templates_are_not_taken_from_where_others_can_write(kept: Path):
    kept.mkdir(mode=0o700)
    assert _compiled() is not None
    kept.chmod(0o770)
    assert _compiled() is None
    kept.rmdir()
    kept.symlink_to("/tmp")
    assert _compiled() is None
    assert build(steps_for(later())).tasks
