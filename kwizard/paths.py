"""Where kwizard keeps things on the operator's machine (docs/cli.md promises these places)."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def state_home() -> Path:
    """`$KWIZARD_STATE_HOME`, else `$XDG_STATE_HOME/kwizard`. Not created."""
    own = os.environ.get("KWIZARD_STATE_HOME")
    return Path(own) if own else platformdirs.user_state_path("kwizard")


def cache_home() -> Path:
    """`$KWIZARD_CACHE_HOME`, else `$XDG_CACHE_HOME/kwizard`. Not created."""
    own = os.environ.get("KWIZARD_CACHE_HOME")
    return Path(own) if own else platformdirs.user_cache_path("kwizard")


def cluster_dir(name: str) -> Path:
    """Everything of one cluster: cluster.yaml, journal.jsonl, logs/, known_hosts."""
    return state_home() / "clusters" / name
