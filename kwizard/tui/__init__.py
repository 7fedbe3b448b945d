"""The guided installation on a terminal, and the monitor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from kwizard.cluster.model import Cluster
    from kwizard.tui.usecases import Practise, UseCases


def run_guided(
    *,
    start: Literal["new", "resume", "monitor"] = "new",
    name: str | None = None,
    cluster: Cluster | None = None,
    opener: UseCases | None = None,
    practise: Practise | None = None,
) -> int:
    """Run the screens until the person leaves; the exit code of docs/cli.md.

    `name` a remembered cluster, `cluster` one given directly; `opener` what the screens may cause,
    the real use cases when None; `practise` brings up pretend hosts.
    """
    return asyncio.run(
        guided(start=start, name=name, cluster=cluster, opener=opener, practise=practise)
    )


async def guided(
    *,
    start: Literal["new", "resume", "monitor"] = "new",
    name: str | None = None,
    cluster: Cluster | None = None,
    opener: UseCases | None = None,
    practise: Practise | None = None,
) -> int:
    """The same inside a running event loop."""
    from kwizard.tui.app import KwizardApp

    if opener is None:
        from kwizard.tui.live import LiveUseCases

        opener = LiveUseCases()
    app = KwizardApp(opener, start=start, name=name, cluster=cluster, practise=practise)
    try:
        code = await app.run_async()
    finally:
        await app.finish()
    return app.return_code or 0 if code is None else code
