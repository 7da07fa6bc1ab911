"""Which keys a run is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers.converter.results import Found
from containers.converter.selection import Selection, Shard


@given(st.text(min_size=1), st.integers(1, 40))
def test_every_key_is_in_exactly_one_shard(key: str, count: int) -> None:
    assert sum(Shard(number, count).holds(key) for number in range(1, count + 1)) == 1


def test_shards_are_of_about_the_same_size() -> None:
    keys = [f"ann/icon-{number}.svg" for number in range(4000)]
    sizes = [sum(Shard(number, 4).holds(key) for key in keys) for number in range(1, 5)]
    assert all(900 < size < 1100 for size in sizes)


@pytest.mark.parametrize("text", ["", "0/4", "5/4", "1", "1/0", "a/b", "-1/2", "1/2/3"])
def test_what_is_no_shard_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="2/4"):
        Shard.parse(text)


def test_a_key_is_taken_when_included_and_not_excluded() -> None:
    selection = Selection(["*.svg", "*.PNG"], ["drafts/*"], Shard.parse("1/1"))
    keys = ["a.svg", "a.SVG", "deep/b.png", "drafts/c.svg", "d.txt", "svg"]
    assert [found.key for found in selection.of(Found(key, 1, "1") for key in keys)] == keys[:3]
