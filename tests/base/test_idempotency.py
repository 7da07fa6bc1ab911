"""Requests that come twice: done once, answered alike, by a key that stands for one request alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.base.at_once import at_once
from tests.base.world import World, word
from vectoricons.common import idempotency
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Conflict
from vectoricons.common.idempotency import KEPT, Answer, KeyReused, Sent
from vectoricons.options import OptionRepository

SYSTEM = Actor.system("test")


@pytest.fixture
def sent(database: Database) -> Sent:
    with database.unit_of_work(SYSTEM) as work:
        return Sent(World(work).user().id, word("key"), "one")


class Shop:
    """Something that must not happen twice: each call leaves a row."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._name = word("sale")

    def sell(self, sent: Sent, *, refused: bool = False) -> Answer:
        """An answer that tells which sale it was."""

        def effect() -> Answer:
            row = {"entity_type": "test", "entity_id": 1, "key": word(self._name), "value": "sold"}
            made = OptionRepository(work.session).create(row)
            if refused:
                raise Conflict("Not this time.")
            return Answer(f'{{"id": {made.id}}}', 201, f"/sales/{made.id}")

        with self._database.unit_of_work(SYSTEM) as work:
            return idempotency.once(work, sent, effect)

    @property
    def sales(self) -> int:
        """How many there were."""
        with self._database.unit_of_work(SYSTEM) as work:
            row = OptionRepository.row
            return OptionRepository(work.session).count(row.key.startswith(self._name))


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


def test_what_comes_twice_is_done_once_and_answered_alike(shop: Shop, sent: Sent) -> None:
    first = shop.sell(sent)
    assert shop.sell(sent) == first
    assert (first.status, shop.sales) == (201, 1)


def test_several_at_once_get_the_answer_of_the_one_that_did_it(shop: Shop, sent: Sent) -> None:
    answers: list[Answer] = []
    assert at_once(*[lambda: answers.append(shop.sell(sent))] * 4) == []
    assert len(set(answers)) == 1
    assert shop.sales == 1


def test_a_key_that_came_with_another_request_is_refused(shop: Shop, sent: Sent, database: Database) -> None:
    shop.sell(sent)
    other = Sent(sent.user_id, sent.key, "another")
    with pytest.raises(KeyReused, match="Send a new one"):
        shop.sell(other)
    with pytest.raises(KeyReused), database.unit_of_work(SYSTEM) as work:
        idempotency.claim(work, other)
    assert shop.sales == 1


def test_two_people_may_think_of_the_same_key(shop: Shop, sent: Sent, database: Database) -> None:
    with database.unit_of_work(SYSTEM) as work:
        somebody_else = World(work).user().id
    assert shop.sell(sent) != shop.sell(Sent(somebody_else, sent.key, sent.fingerprint))


def test_what_fails_in_the_middle_leaves_nothing_and_may_be_sent_again(shop: Shop, sent: Sent) -> None:
    with pytest.raises(Conflict):
        shop.sell(sent, refused=True)
    assert shop.sales == 0
    assert shop.sell(sent).status == 201
    assert shop.sales == 1


def test_a_claimed_key_stands_for_its_request_and_keeps_no_answer(sent: Sent, database: Database) -> None:
    for _ in range(2):
        with database.unit_of_work(SYSTEM) as work:
            idempotency.claim(work, sent)
    with database.unit_of_work(SYSTEM) as work:
        kept = text("select status, body from idempotency_keys where key = :key")
        assert work.session.execute(kept, {"key": sent.key}).all() == [(None, None)]


def test_answers_are_forgotten_after_a_day_and_not_before(shop: Shop, sent: Sent, database: Database) -> None:
    first = shop.sell(sent)
    for age, forgotten in ((KEPT - timedelta(minutes=1), 0), (KEPT + timedelta(minutes=1), 1)):
        with database.unit_of_work(SYSTEM) as work:
            moved = text("update idempotency_keys set created_at = now() - :age where key = :key")
            work.session.execute(moved, {"age": age, "key": sent.key})
            assert idempotency.forget(work) == forgotten
    assert shop.sell(sent) != first
