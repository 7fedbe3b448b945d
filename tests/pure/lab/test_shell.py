from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import kwizard.lab

HOME = Path(kwizard.lab.__file__).parent
SCRIPTS = sorted([*HOME.glob("*.sh"), HOME / "root/usr/local/sbin/runc"])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.name)
def test_the_labs_own_shell_is_clean(script):
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([shellcheck, script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("flag", [["--bundle", "{}"], ["--bundle={}"], ["-b", "{}"]])
def test_the_runc_in_front_asks_for_no_negative_score(tmp_path, flag):
    wrapper = SCRIPTS[-1]
    assert wrapper.name == "runc"
    config = {"process": {"oomScoreAdj": -998, "args": ["-1"]}, "linux": {"x": -5}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    real = tmp_path / "real"
    real.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    real.chmod(0o755)
    text = wrapper.read_text()
    assert text.count("/usr/sbin/runc") == 1
    words = ["create", *(word.format(tmp_path) for word in flag), "a b"]
    done = subprocess.run(
        ["sh", "-c", text.replace("/usr/sbin/runc", str(real)), "runc", *words],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == words
    changed = json.loads((tmp_path / "config.json").read_text())
    assert changed == {"process": {"oomScoreAdj": 0, "args": ["-1"]}, "linux": {"x": -5}}
