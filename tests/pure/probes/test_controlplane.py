"""Several control planes as one table."""

from __future__ import annotations

from kwizard.probes import controlplane
from kwizard.probes.components import Component, Components
from tests.pure.probes.recorded import DATA, output

WELL = controlplane.parse(output(DATA / "control-plane" / "well.txt"))
STOPPED = controlplane.parse(output(DATA / "control-plane" / "api-stopped.txt"))


def names(components: Components, status: str) -> set[str]:
    return {row.name for row in components.rows if row.status == status}


def test_each_hosts_daemons_are_rows_of_their_own_and_etcd_is_told_of_once():
    seen = controlplane.together({"anakin": WELL, "boba": WELL})
    assert seen.ok
    members = {row.name for row in WELL.rows if row.name.startswith("etcd-")}
    assert members
    assert names(seen, "Healthy") == members | {
        f"{daemon}-{host}" for daemon in controlplane.DAEMONS for host in ("anakin", "boba")
    }


def test_a_silent_host_hides_nothing_of_the_others():
    seen = controlplane.together({"anakin": None, "boba": WELL})
    assert seen.error == ""
    assert not seen.ok
    assert names(seen, "Unknown") == {f"{daemon}-anakin" for daemon in controlplane.DAEMONS}
    assert {f"{daemon}-boba" for daemon in controlplane.DAEMONS} <= names(seen, "Healthy")


def test_without_any_api_server_every_host_says_why():
    seen = controlplane.together({"anakin": None, "boba": STOPPED})
    assert seen.error.startswith("anakin: the host did not answer; boba: ")


def test_a_member_nobody_could_ask_is_told_of_by_whoever_could():
    unknown = Component(name="etcd-anakin", status="Unknown", error="it cannot be asked")
    well = Component(name="etcd-anakin", status="Healthy", message="healthy")
    seen = controlplane.together(
        {"anakin": Components(rows=(unknown,), error="x"), "boba": Components(rows=(well,))}
    )
    assert seen.rows == (well,)
