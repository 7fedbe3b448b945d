"""A modern cluster installed by a login that is no root, over two kills of the operator's process
and a cut cable; taken back but for its programs, installed again from those, and taken back whole.

It is one story on one set of hosts, in the order below. What was done once is not done again: that
is read from the hosts, by their job directories, the transferred file, and systemd's invocations.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from kwizard.recipes.modern.values import RELEASE
from tests.lab.daemons import Daemon, Start, invocations, told_to_start_again
from tests.lab.footprint import Footprint, differences, footprints
from tests.lab.installed import times
from tests.lab.modern import Modern
from tests.lab.seen import eventually
from tests.lab.site import MASTER, NAMES, Site
from tests.lab.taken_back import ALWAYS, BEFORE, EMPTY_CHAINS, RULES, as_before, failures, reset
from tests.lab.watched import Event, applying, begins, killed_at

pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(900)]

JOBS = "/var/lib/kwizard/jobs"
CUT_SECONDS = 20
SUDO_IS_USED = {
    r"^(files|sums): .*/(run|var/lib)/sudo": "whom sudo has lectured, and when",
    r"^(files|sums): .*/home/op/\.sudo_as_admin_successful": "sudo's own mark of a first use",
}
STAYS = re.compile(
    r"(files|sums): [+-].*[ ]?/(usr/local/bin|opt/cni|var/lib/kwizard(/(artifacts|kept|steps))?)"
    r"([|/]|$)"
)
BRINGS = {
    "release/place",
    "release/unpack",
    "hosts/etcd-bring",
    "hosts/etcd-binaries",
    "nodes/containerd-bring",
    "nodes/cni-plugins-bring",
    "nodes/runtime",
    "network/flannel-bring",
    "network/flannel-install",
}
PROGRAMS = "stat -c '%n %i %y' /usr/local/bin/* /opt/cni/bin/* /var/lib/kwizard/artifacts/*"


@dataclass
class Story:
    """The cluster, and what has to be remembered from one part to the next."""

    cluster: Modern
    before: dict[str, Footprint]
    part: tuple[str, int] = ("", 0)
    daemons: dict[Daemon, Start] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    @property
    def site(self) -> Site:
        return self.cluster.site


@pytest.fixture(scope="class")
def story(bare_site: Callable[..., Site]) -> Iterator[Story]:
    """c3po has no ssh program, so the operator sends it everything and nothing more arrives there
    once he is gone. The two others pass files on to each other."""
    site = bare_site(recipe="modern", user="op")
    site.secrets["KWIZARD_SUDO_PASSWORD"] = site.lab.password
    site.on("c3po", "rm /usr/bin/ssh")
    for name in NAMES:
        site.on(name, BEFORE.format(bin="/usr/local/bin") + RULES)
    yield Story(Modern(site, site.lab.layout.name), footprints(site))
    site.lab.down(wipe=True)


def until_it_runs(site: Site, job: str) -> None:
    """Until c3po has started that job: its operator tells of it a moment earlier."""
    site.on("c3po", f"until [ -s {JOBS}/{job}/pid ]; do sleep 0.02; done")


def file_of(site: Site, host: str, path: str) -> tuple[str, int]:
    """Inode and size; ("", 0) where there is none."""
    words = site.on(host, f"stat -c '%i %s' {path} 2>/dev/null || echo '' 0").split()
    return (words[0], int(words[1])) if len(words) == 2 else ("", 0)


def running_jobs(site: Site, host: str) -> list[str]:
    """Jobs without an exit status yet; what is granted to another host ends by itself."""
    found = site.on(host, f"cd {JOBS} && for j in *; do [ -s $j/exit ] || echo $j; done").split()
    return [job for job in found if not job.startswith("grant-")]


def done_on(site: Site, host: str) -> dict[str, list[str]]:
    """By step, the last line of every job that ended well on this host, in their order."""
    ended = f"cd {JOBS} && for j in *; do echo $j $(cat $j/exit) $(tail -n 1 $j/log); done"
    found: dict[str, list[str]] = {}
    for line in site.on(host, ended).splitlines():
        job, status, *said = line.split(" ")
        if status == "0":
            found.setdefault(re.sub(r"-\d{14}-[0-9a-f]{6}$", "", job), []).append(" ".join(said))
    return found


def steps_begun(events: list[Event]) -> set[str]:
    return {e["step"] for e in events if e["event"] == "step.started"}


def sent_to_c3po(events: list[Event]) -> list[Event]:
    """How much of the release has been sent there, each time it was told."""
    told = {"event": "progress", "step": "release/place", "host": "c3po", "source": "operator"}
    return [e for e in events if told.items() <= e.items()]


class TestStory:
    def test_a_kill_while_files_are_transferred(self, story: Story):
        """The line to c3po is slow, so that the release is on its way when the process ends."""
        site = story.site
        site.lab.shape("c3po", "100mbit")
        seen = killed_at(
            site, lambda e: any(0.2 < s["done"] / s["total"] < 0.9 for s in sent_to_c3po([e]))
        )
        site.lab.shape("c3po", None)
        eventually(lambda: running_jobs(site, "c3po"), lambda jobs: not jobs)
        story.begun |= steps_begun(seen)
        story.part = file_of(site, "c3po", f"{RELEASE}.part")
        assert 0 < story.part[1] < seen[-1]["total"]
        assert file_of(site, "c3po", RELEASE) == ("", 0)

    def test_a_second_kill_while_jobs_run(self, story: Story):
        """What was sent is not sent again; the job goes on to its end without its operator."""
        site = story.site
        unpacks = begins("release/unpack", "c3po")

        def it_runs(event: Event) -> bool:
            if begun := unpacks(event):
                until_it_runs(site, event["job"])
            return begun

        seen = killed_at(site, it_runs)
        job = seen[-1]["job"]
        assert job in running_jobs(site, "c3po"), "it has ended already: nothing is shown by this"
        assert file_of(site, "c3po", RELEASE)[0] == story.part[0], "it was begun anew"
        told = [e["done"] for e in sent_to_c3po(seen)]
        assert min(filter(None, told)) >= story.part[1]  # 0 is told until it has begun
        eventually(lambda: [running_jobs(site, name) for name in NAMES], lambda j: not any(j), 60)
        assert site.on("c3po", f"cat {JOBS}/{job}/exit").strip() == "0"
        story.begun |= steps_begun(seen)
        story.daemons = invocations(site)
        assert story.daemons, "nothing runs yet: the kill came too early to prove anything"

    def test_the_third_run_goes_on_over_a_cut_cable_to_green(self, story: Story):
        """boba is out of reach for 20 s from the moment its kubelet is to be started."""
        site = story.site
        seen: list[Event] = []
        for event in applying(site):
            seen.append(event)
            if begins("nodes/kubelet", "boba")(event):
                site.lab.cut("boba")
                threading.Timer(CUT_SECONDS, site.lab.heal, ("boba",)).start()
        assert failures(seen) == []
        assert (seen[-1]["event"], seen[-1]["exit"]) == ("run.finished", 0)
        story.begun |= steps_begun(seen)
        story.cluster.whole()

    def test_nothing_was_done_twice(self, story: Story):
        """A daemon that still waited for what it needs was looked at again, and left as it was."""
        for name in NAMES:
            done = done_on(story.site, name)
            assert len(done) > 10
            again = {step: said[1:] for step, said in done.items() if len(said) > 1}
            assert [
                s for said in again.values() for s in said if "already, as wanted" not in s
            ] == []
        assert told_to_start_again(story.daemons, invocations(story.site)) == set()

    def test_one_more_apply_starts_nothing(self, story: Story):
        running = invocations(story.site)
        story.site.apply_again()
        assert told_to_start_again(running, invocations(story.site)) == set()

    def test_the_password_is_kept_nowhere(self, story: Story):
        site = story.site
        state = b"".join(p.read_bytes() for p in (site.folder / "state").rglob("*") if p.is_file())
        assert site.lab.password.encode() not in state
        for name in NAMES:
            places = "/var/lib/kwizard /etc/kubernetes /etc/systemd /tmp"
            found = site.lab.run(name, f"grep -rl -e {site.lab.password} {places}; true")
            assert found.stdout == ""
            assert site.lab.password not in site.on(name, "journalctl --no-pager -q")

    def test_a_reset_that_keeps_the_programs_leaves_them_and_no_more(self, story: Story):
        site = story.site
        status, events = reset(site, "--keep-programs")
        assert (status, failures(events)) == (0, [])
        after = footprints(site)
        for name in NAMES:
            allowed = ALWAYS | EMPTY_CHAINS | SUDO_IS_USED
            found = differences(story.before[name], after[name], allowed)
            assert not [line for line in found if not STAYS.match(line)], name
            assert any("/usr/local/bin/kubelet" in line for line in found), name
            assert site.on(name, "ls /var/lib/kwizard").split() == ["artifacts", "kept", "steps"]
        status, events = reset(site, "--keep-programs")
        assert (status, steps_begun(events)) == (0, set()), "a second one does nothing"

    def test_the_next_installation_has_nothing_to_bring(
        self, story: Story, measured: Callable[[str], None]
    ):
        site = story.site
        there = {name: site.on(name, PROGRAMS) for name in NAMES}
        events = site.apply()
        assert story.begun >= BRINGS
        assert not steps_begun(events) & BRINGS
        assert {name: site.on(name, PROGRAMS) for name in NAMES} == there, "nothing came anew"
        measured(f"modern, with programs in place: {times(events)}")
        story.cluster.whole()
        owner = site.on(MASTER, "stat -c %U /etc/kubernetes/kubelet.yaml").strip()
        assert owner == "root"

    def test_a_whole_reset_leaves_bare_hosts(self, story: Story):
        site = story.site
        status, events = reset(site)
        assert (status, failures(events)) == (0, [])
        as_before(site, story.before, EMPTY_CHAINS | SUDO_IS_USED)
        for name in NAMES:
            assert "mine" in site.on(name, "cat /usr/local/bin/kubectl")
            assert site.lab.run(name, "ls /var/lib/kwizard").returncode != 0
