"""The table of Kubernetes versions the modern recipe knows."""

from __future__ import annotations

import pytest

from kwizard.cluster import check
from kwizard.cluster.model import RecipeName, Version
from kwizard.lab.clusterfile import MODERN_VERSION
from kwizard.lab.release.sources import KUBERNETES
from kwizard.recipes.modern.versions import NEWEST, OLDEST, ROWS, SUGGESTED, TRIED, row
from tests.pure.recipes.modern_clusters import current


def test_rows_follow_each_other_without_a_gap():
    assert [r.minor for r in ROWS] == [(1, n) for n in range(34, 38)]
    assert (OLDEST, NEWEST) == ((1, 34), (1, 37))
    assert check.FROM[RecipeName.MODERN] == OLDEST
    assert check.NEWEST[RecipeName.MODERN] == NEWEST


@pytest.mark.parametrize("known", ROWS, ids=lambda r: f"{r.minor[1]}")
def test_any_patch_of_a_known_minor_has_its_row_and_no_warning(known):
    version = Version(known.minor[0], known.minor[1], 9)
    assert row(version) is known
    assert check.check(current(version=version)) == ()


def test_a_newer_version_takes_the_newest_row_with_a_warning():
    later = Version(1, 38, 0)
    assert row(later) is ROWS[-1]
    (problem,) = check.check(current(version=later))
    assert not problem.blocks
    assert "v1.38.0" in problem.message
    assert "v1.37" in problem.message


def test_an_older_version_has_none():
    with pytest.raises(KeyError):
        row(Version(1, 33, 9))


def test_the_kubelet_refuses_cgroup_v1_from_1_35_on():
    assert [r.refuses_cgroup_v1 for r in ROWS] == [False, True, True, True]


def test_what_was_tried_can_be_tried_again():
    """The lab builds each of these releases, and its tests use the one that is suggested."""
    assert str(SUGGESTED) == MODERN_VERSION
    assert SUGGESTED in TRIED
    assert {str(v) for v in TRIED} <= {s.version for s in KUBERNETES}
    assert [row(v).tried for v in TRIED] == list(TRIED)
