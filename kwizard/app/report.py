"""Everything needed to ask for help with a cluster, in one file, without secrets.

By construction no secret is in the journal, the logs or the cluster file; the text is scrubbed
once more all the same, because people paste things where they do not belong.
"""

from __future__ import annotations

import io
import os
import platform
import re
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from kwizard import __version__
from kwizard.paths import cluster_dir

LIMIT = 16 << 20  # bytes kept of one file: its end, where the trouble is
KEPT = 5
"""Reports written after failures that are kept of a cluster; the oldest go."""

_SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----"
    r"|(?P<name>(?i:password|passwd|token|secret)[\"']?\s*[:=]\s*)(?P<value>[^\s\"',]{4,})"
    r"|(?P<url>://[^/\s:@]+:)[^/\s@]+(?=@)",
    re.DOTALL,
)


def scrub(text: str) -> str:
    """`text` with private keys, passwords, tokens and credentials in URLs taken out."""

    def replace(match: re.Match[str]) -> str:
        return (match["name"] or match["url"] or "") + "[removed]"

    return _SECRETS.sub(replace, text)


def write_report(name: str, target: Path, words: str = "") -> list[str]:
    """Write the report of cluster `name` as a gzipped tar, for its owner alone (0600); returns the
    names of what is in it. `words` are put into it as failure.txt.

    Raises FileNotFoundError when this machine knows no such cluster.
    """
    directory = cluster_dir(name)
    if not directory.is_dir():
        raise FileNotFoundError(directory)
    written = []
    own = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(own, "wb") as opened, tarfile.open(fileobj=opened, mode="w:gz") as tar:
        said = [("failure.txt", words + "\n")] if words else []
        for label, text in (*said, *_pieces(directory)):
            data = scrub(text).encode()
            info = tarfile.TarInfo(f"kwizard-report-{name}/{label}")
            info.size = len(data)
            info.mode = 0o644
            tar.addfile(info, io.BytesIO(data))
            written.append(label)
    target.chmod(0o600)
    return written


def keep_report(name: str, words: str, now: datetime) -> Path:
    """The report of a failure, into `reports/` of the cluster's directory; returns its file. No
    more than KEPT of them stay there.

    Raises FileNotFoundError when this machine knows no such cluster, OSError where it cannot be
    written.
    """
    if not cluster_dir(name).is_dir():
        raise FileNotFoundError(cluster_dir(name))
    folder = cluster_dir(name) / "reports"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{now:%Y%m%d-%H%M%S}.tar.gz"
    part = folder / ".part"
    write_report(name, part, words)
    part.replace(target)
    for old in sorted(folder.glob("*.tar.gz"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return target


def _pieces(directory: Path) -> Iterator[tuple[str, str]]:
    system = f"kwizard {__version__}\nPython {platform.python_version()}\n{platform.platform()}\n"
    yield "versions.txt", system
    for file in [directory / "cluster.yaml", directory / "journal.jsonl"]:
        if file.is_file():
            yield file.name, _end(file)
    for file in sorted((directory / "logs").glob("*.log")):
        yield f"logs/{file.name}", _end(file)


def _end(file: Path) -> str:
    with file.open("rb") as opened:
        size = opened.seek(0, io.SEEK_END)
        opened.seek(max(0, size - LIMIT))
        return opened.read().decode("utf-8", errors="replace")
