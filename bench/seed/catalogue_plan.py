"""The plan of a catalogue: who made what and when, what it is called, who wanted it. Numbers in arrays.

Everything is drawn from one generator in one order, so that a seed makes one catalogue. What people want is
drawn with it: an item's counters are written with the item.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bench.seed.scale import BEGIN, END, Scale
from bench.seed.wishes import Wishes
from bench.seed.words import Words

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

STYLES = 14
THEME_WORDS = 2
FREE_WORDS = 4
COMMON_WORDS = 1
STOP_WORDS = 30
STEEP = 1.6
NOBODY = -1
PAID = 0.6


@dataclass(frozen=True)
class Plan:
    """Places count from 0, ids in the database from 1. Items are icons first, then illustrations."""

    scale: Scale
    words: Words
    family_owner: Ints
    family_at: Ints
    family_is_paid: Bools
    family_theme: Ints
    set_family: Ints
    set_style: Ints
    set_at: Ints
    item_set: Ints
    item_at: Ints
    item_concept: Ints
    tags: Ints
    tags_from: Ints
    wishes: Wishes

    @classmethod
    def drawn(cls, scale: Scale, seed: int) -> Plan:
        """The plan that *seed* makes."""
        words = Words.load()
        draw = np.random.default_rng(seed)
        sets = scale.icon_sets + scale.illustration_sets
        family_at = np.sort(
            draw.integers(int(BEGIN.timestamp()), int(END.timestamp()) - 86_400, scale.families)
        )
        set_family = _all_at_least_once(draw, scale.families, sets)
        later = draw.integers(0, 80_000, sets)
        by_time = np.lexsort((family_at[set_family] + later, np.arange(sets) >= scale.icon_sets))
        set_family, set_at = set_family[by_time], (family_at[set_family] + later)[by_time]
        item_set = np.concatenate(
            [
                _shared_out(draw, scale.icons, scale.icon_sets),
                _shared_out(draw, scale.illustrations, scale.illustration_sets) + scale.icon_sets,
            ]
        )
        family_theme = draw.integers(0, len(words.themes), scale.families)
        concept = _concepts(draw, item_set, sets, len(words.concepts))
        tags, tags_from = _tags(draw, words, concept, family_theme[set_family[item_set]])
        is_paid = draw.random(scale.families) < PAID
        item_at = set_at[item_set] + np.arange(scale.items) % 600
        return cls(
            scale=scale,
            words=words,
            family_owner=_skewed(draw, scale.contributors, scale.families),
            family_at=family_at,
            family_is_paid=is_paid,
            family_theme=family_theme,
            set_family=set_family,
            set_style=draw.integers(0, STYLES, sets),
            set_at=set_at,
            item_set=item_set,
            item_at=item_at,
            item_concept=concept,
            tags=tags,
            tags_from=tags_from,
            wishes=Wishes.drawn(draw, scale, is_paid[set_family[item_set]], item_at),
        )

    def of_item(self, item: int) -> Ints:
        """The words of an item, sorted."""
        found: Ints = self.tags[self.tags_from[item] : self.tags_from[item + 1]]
        return found

    @cached_property
    def item_is_paid(self) -> Bools:
        """An item is sold as its family is."""
        found: Bools = self.family_is_paid[self.set_family[self.item_set]]
        return found

    @cached_property
    def set_sizes(self) -> Ints:
        """How many items a set has."""
        return np.bincount(self.item_set, minlength=len(self.set_family))


def _all_at_least_once(draw: np.random.Generator, kinds: int, number: int) -> Ints:
    """*number* of 0 to *kinds*, every one there at least once, the most often among the first."""
    rest = draw.integers(0, kinds, number - kinds)
    mixed = draw.permutation(np.concatenate([np.arange(kinds), rest]))
    return mixed.astype(np.int64)


def _shared_out(draw: np.random.Generator, items: int, sets: int) -> Ints:
    """The set of each item: between half and twice as many in one as in another."""
    sizes = draw.uniform(1, 3, sets)
    edges = np.floor(np.cumsum(sizes) / sizes.sum() * items + 0.5).astype(np.int64)
    return np.repeat(np.arange(sets), np.diff(edges, prepend=0))


def _concepts(draw: np.random.Generator, item_set: Ints, sets: int, concepts: int) -> Ints:
    """Two thirds of a set are neighbours in the alphabet, as "arrow left" and "arrow right"."""
    start = draw.integers(0, concepts, sets)[item_set]
    near = (start + np.arange(len(item_set)) % 97) % concepts
    far = draw.integers(0, concepts, len(item_set))
    return np.where(draw.random(len(item_set)) < 0.67, near, far)


def _tags(draw: np.random.Generator, words: Words, concept: Ints, theme: Ints) -> tuple[Ints, Ints]:
    """The words of all items one after the other, and where each item's begin."""
    items, longest = len(concept), max(len(name) for name in words.concepts)
    named = np.full((len(words.concepts), longest), NOBODY)
    for place, name in enumerate(words.concepts):
        named[place, : len(name)] = name
    themes, common = np.array(words.themes), np.array(words.common)
    columns = [
        named[concept],
        themes[theme[:, None], draw.integers(0, themes.shape[1], (items, THEME_WORDS))],
        common[draw.integers(0, len(common), (items, COMMON_WORDS))],
        _zipf(draw, len(words.words), (items, FREE_WORDS)),
    ]
    rows = np.sort(np.concatenate(columns, axis=1), axis=1)
    kept = (rows != NOBODY) & (rows != np.pad(rows[:, :-1], ((0, 0), (1, 0)), constant_values=NOBODY))
    return rows[kept], np.concatenate([[0], np.cumsum(kept.sum(axis=1))])


def _zipf(draw: np.random.Generator, words: int, shape: tuple[int, int]) -> Ints:
    """Words as often as in a language, but for its most common ones: those name nothing."""
    weights = np.cumsum(np.arange(STOP_WORDS, words + STOP_WORDS) ** -STEEP)
    ranks = np.searchsorted(weights / weights[-1], draw.random(shape))
    found: Ints = draw.permutation(words)[ranks]
    return found


def _skewed(draw: np.random.Generator, people: int, number: int) -> Ints:
    """Who made each: a few made many."""
    return (people * draw.random(number) ** 2).astype(np.int64)
