"""Everything needed to ask for help with a cluster, in one file, without secrets.

By construction no secret is in the journal, the logs or the cluster file; the text is scrubbed
once more all the same, because people paste things where they do not belong.
"""

from __future__ import annotations

import io
import platform
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

from kwizard import __version__
from kwizard.paths import cluster_dir

LIMIT = 16 << 20  # bytes kept of one file: its end, where the trouble is

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


def write_report(name: str, target: Path) -> list[str]:
    """Write the report of cluster `name` as a gzipped tar; returns the names of what is in it.

    Raises FileNotFoundError when this machine knows no such cluster.
    """
    directory = cluster_dir(name)
    if not directory.is_dir():
        raise FileNotFoundError(directory)
    written = []
    with tarfile.open(target, "w:gz") as tar:
        for label, text in _pieces(directory):
            data = scrub(text).encode()
            info = tarfile.TarInfo(f"kwizard-report-{name}/{label}")
            info.size = len(data)
            info.mode = 0o644
            tar.addfile(info, io.BytesIO(data))
            written.append(label)
    target.chmod(0o600)
    return written


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
