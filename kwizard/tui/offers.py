"""Files that lie around and would do for the page of the release. Pure: they were looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from textual.content import Content

from kwizard.cluster.finding import Path as Place
from kwizard.language import _, _n
from kwizard.tui.answers import BUNDLE, DOWNLOAD, HOSTS, text_of
from kwizard.tui.draft import Draft
from kwizard.tui.obtaining import is_file
from kwizard.tui.paths import short_path
from kwizard.tui.plain import plain
from kwizard.tui.rows import Row

RELEASE: Place = ("release", "tarball")
BUNDLES: Place = ("bundle",)

Around = Mapping[Place, Sequence[Path]]
"""By key of the cluster file, files that were found, the newest first."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What F4 takes: the `bundle`, which has everything in it; or the sum of what lies on hosts,
    `sha256`; or `files`, by the empty row each would fill."""

    bundle: Path | None = None
    files: Mapping[Row, Path] = field(default_factory=dict)
    sha256: str = ""

    @property
    def has_release(self) -> bool:
        """Whether a release is among the files."""
        return any(row.place == RELEASE for row in self.files)

    def shown(self) -> list[Content | str]:
        """What the page says of it."""
        if self.bundle is not None:
            return [
                Content.styled(_("F4 takes the bundle that was found:"), "bold $accent"),
                Content.assemble(("▸ ", "$accent"), plain(short_path(self.bundle))),
            ]
        if self.sha256:
            return [
                Content.styled(_("F4 takes that sum for the right one:"), "bold $accent"),
                Content.assemble(("▸ ", "$accent"), "sha256  ", self.sha256),
            ]
        if not self.files:
            return []
        found = _n("F4 takes the file that was found:", "F4 takes what was found:", len(self.files))
        return [
            Content.styled(found, "bold $accent"),
            *(
                Content.assemble(("▸ ", "$accent"), f"{row.label}  ", plain(short_path(path)))
                for row, path in self.files.items()
            ),
        ]


def offers(around: Around, draft: Draft, rows: Sequence[Row], source: str) -> Offers:
    """Of what lies `around`, what fits the answers so far: a bundle while nothing else was named,
    else a file for each empty row that is shown. A release that lies here is offered in place of
    the official one; a mirror was named on purpose."""
    bundle = _bundle(around, draft, rows, source)
    if bundle is not None:
        return Offers(bundle)
    if source == HOSTS and draft.release is not None and draft.release.unknown:
        return Offers(sha256=draft.release.unknown)
    cluster, out = draft.cluster, {}
    for row in rows:
        files = around.get(row.place, ())
        shown = row.shown(cluster) or (row.place == RELEASE and source == DOWNLOAD)
        if files and shown and not text_of(cluster, row.place):
            out[row] = files[0]
    return Offers(files=out)


def _bundle(around: Around, draft: Draft, rows: Sequence[Row], source: str) -> Path | None:
    beside = [r for r in rows if len(r.place) > 1 and r.place[0] != "release" and is_file(r)]
    named = any(text_of(draft.cluster, row.place) for row in beside)
    if source not in (DOWNLOAD, BUNDLE) or draft.bundle is not None or named:
        return None
    return next(iter(around.get(BUNDLES, ())), None)
