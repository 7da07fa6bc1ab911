"""Caches: in this process and in Valkey, the same in all they promise."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from uuid import uuid4

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from local.processes import free_port
from local.valkey import Valkey
from tests.base.world import word
from vectoricons.common import cache as cache_module
from vectoricons.common.actor import Actor
from vectoricons.common.cache import Answer, Cache, CacheService, Memory, Mode, Nowhere, Shared, key_of
from vectoricons.common.database import Database
from vectoricons.common.valkey import connect
from vectoricons.config import CacheSettings
from vectoricons.products.tags import TagRepository, TagService

SYSTEM = Actor.system("test")


@pytest.fixture(params=["memory", "shared"])
def cache(request: pytest.FixtureRequest) -> Cache:
    """Each kind of cache, empty."""
    if request.param == "memory":
        return Memory()
    server: Valkey = request.getfixturevalue("valkey_server")
    return Shared(connect(CacheSettings(host="127.0.0.1", port=server.port)), prefix=uuid4().hex)


def test_what_was_put_is_there(cache: Cache) -> None:
    assert cache.get("tag", "a") is None
    cache.put("tag", "a", b"kept", version=cache.version("tag"))
    assert cache.get("tag", "a") == b"kept"
    assert cache.get("style", "a") is None


def test_clearing_forgets_one_namespace_and_counts(cache: Cache) -> None:
    for key in ("a", "b"):
        cache.put("tag", key, b"kept", version=cache.version("tag"))
    cache.put("style", "a", b"kept", version=cache.version("style"))
    assert cache.clear("tag") == 2
    assert cache.get("tag", "a") is None
    assert cache.get("style", "a") == b"kept"
    assert cache.clear("tag") == 0


def test_what_was_read_before_a_write_is_not_stored_after_it(cache: Cache) -> None:
    seen = cache.version("tag")
    cache.clear("tag")
    cache.put("tag", "a", b"stale", version=seen)
    assert cache.get("tag", "a") is None


def test_a_value_lives_its_time(cache: Cache) -> None:
    cache.put("tag", "a", b"kept", version=cache.version("tag"), ttl=0.05)
    assert _gone(lambda: cache.get("tag", "a") is None)


def test_a_key_is_the_question_and_who_asks_in_any_order() -> None:
    assert key_of("get", {"a": 1, "b": [2]}, "7") == key_of("get", {"b": [2], "a": 1}, "7")
    different = {
        key_of("get", {"where": {"a": 1}}, "7"),
        key_of("get", {"where": {"a": 1}}, "8"),
        key_of("get", {"where": {"a": "1"}}, "7"),
        key_of("get", {"where": {"a": {"b": 1}}}, "7"),
        key_of("find", {"where": {"a": 1}}, "7"),
        key_of("get", {}, "7"),
    }
    assert len(different) == 6


def test_a_key_tells_values_of_two_types_apart() -> None:
    keys = {key_of("get", {"price": price}, "7") for price in ("2.00", Decimal("2.00"), Decimal("2.0"))}
    assert len(keys) == 3
    assert key_of("get", {"id": {2, 1}}, "7") == key_of("get", {"id": {1, 2}}, "7")
    assert key_of("get", {"a": {"b": 1}, "c": 2}, "7") != key_of("get", {"a": {"b": 1, "c": 2}}, "7")


def test_a_key_is_long_enough_that_no_two_questions_share_it() -> None:
    operation, digest = key_of("get_one", {}, "7").split(":")
    assert (operation, len(digest)) == ("get_one", 64)


def test_a_cache_knows_its_own_keys(cache: Cache) -> None:
    for key in ("b", "a"):
        cache.put("tag", key, b"kept", version=cache.version("tag"))
    assert cache.keys("tag") == ["a", "b"]
    assert cache.keys("style") == []
    assert cache.delete("tag", "a", "c") == 1
    assert cache.delete("tag") == 0
    assert cache.keys("tag") == ["b"]
    assert (cache.get("tag", "a"), cache.get("tag", "b")) == (None, b"kept")


def test_clearing_all_forgets_everything_of_this_cache_alone(cache: Cache) -> None:
    assert cache.clear_all() == 0
    for namespace in ("tag", "style"):
        cache.put(namespace, "a", b"kept", version=cache.version(namespace))
    assert cache.clear_all() == 2
    assert (cache.keys("tag"), cache.keys("style")) == ([], [])


def test_memory_lets_go_of_what_has_lived_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "SWEEP", 0.0)
    cache = Memory()
    cache.put("tag", "a", b"old", version=0, ttl=0)
    cache.put("tag", "b", b"new", version=0)
    assert cache.keys("tag") == ["b"]


# -- the four modes


class Source:
    """What is read, and how often it was asked."""

    def __init__(self, value: object = b"fresh") -> None:
        self.value: object = value
        self.asked = 0

    def __call__(self) -> object:
        self.asked += 1
        return self.value


def read(cache: Cache, source: Source, mode: Mode = Mode.DEFAULT) -> Answer[object]:
    def freeze(value: object) -> bytes | None:
        return json.dumps(value).encode() if isinstance(value, str | int | list | None) else None

    return CacheService(cache, mode).read("tag", "a", source, freeze=freeze, thaw=json.loads)


def test_by_default_an_answer_is_kept_and_given_again(cache: Cache) -> None:
    source = Source("fresh")
    assert read(cache, source) == Answer("fresh", from_cache=False)
    assert read(cache, source) == Answer("fresh", from_cache=True)
    assert source.asked == 1


@pytest.mark.parametrize("empty", ["", 0, [], None])
def test_an_empty_answer_is_an_answer(cache: Cache, empty: object) -> None:
    source = Source(empty)
    read(cache, source)
    assert read(cache, source) == Answer(empty, from_cache=True)
    assert source.asked == 1


def test_skipping_neither_asks_the_cache_nor_fills_it(cache: Cache) -> None:
    source = Source("old")
    assert not read(cache, source, Mode.SKIP).from_cache
    assert cache.keys("tag") == []
    read(cache, source)
    source.value = "new"
    assert read(cache, source, Mode.SKIP) == Answer("new", from_cache=False)
    assert read(cache, source) == Answer("old", from_cache=True)


def test_busting_forgets_and_keeps_nothing(cache: Cache) -> None:
    source = Source("old")
    read(cache, source)
    source.value = "new"
    assert read(cache, source, Mode.BUST) == Answer("new", from_cache=False)
    assert cache.keys("tag") == []


def test_refreshing_forgets_and_keeps_the_new(cache: Cache) -> None:
    source = Source("old")
    read(cache, source)
    source.value = "new"
    assert read(cache, source, Mode.REFRESH) == Answer("new", from_cache=False)
    assert read(cache, source) == Answer("new", from_cache=True)


def test_what_cannot_be_kept_is_read_each_time(cache: Cache) -> None:
    source = Source(object())
    assert not read(cache, source).from_cache
    assert not read(cache, source).from_cache


def test_a_failing_read_keeps_nothing(cache: Cache) -> None:
    def fail() -> object:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        CacheService(cache).read("tag", "a", fail, freeze=lambda _: b"", thaw=json.loads)
    assert cache.keys("tag") == []


def test_keys_are_cleared_by_what_they_look_like(cache: Cache) -> None:
    for key in ("get_one:1", "get_one:2", "get_all:3"):
        cache.put("tag", key, b"kept", version=cache.version("tag"))
    assert CacheService(cache).clear_where("tag", lambda key: key.startswith("get_one:")) == 2
    assert cache.keys("tag") == ["get_all:3"]
    assert CacheService(cache).clear_where("tag", lambda _: False) == 0


def test_only_administrators_choose_a_mode() -> None:
    admin = Actor("user:admin", id=1, roles=frozenset({"admin"}))
    assert Mode.asked("bust", admin) is Mode.BUST
    assert Mode.asked("refresh", SYSTEM) is Mode.REFRESH
    for nonsense in ("nonsense", "", None):
        assert Mode.asked(nonsense, admin) is Mode.DEFAULT
    for actor in (Actor.anonymous(), Actor("user:ann", id=2, roles=frozenset({"customer"}))):
        assert Mode.asked("bust", actor) is Mode.DEFAULT


def test_a_services_reads_go_by_the_mode_of_their_unit_of_work(cached: Database) -> None:
    with cached.unit_of_work(SYSTEM) as work:
        tag = TagService(work).create({"name": word("tag")})
    with cached.unit_of_work(SYSTEM) as work:
        TagService(work).get_by_id(tag.id)
        TagRepository(work.session).update(tag.id, {"is_active": False})
        assert TagService(work).get_by_id(tag.id) == tag
        work.cache_mode = Mode.SKIP
        assert TagService(work).get_by_id(tag.id) != tag
        work.cache_mode = Mode.REFRESH
        TagService(work).get_by_id(tag.id)
        work.cache_mode = Mode.DEFAULT
        assert TagService(work).get_by_id(tag.id) != tag


def test_nowhere_keeps_nothing() -> None:
    cache = Nowhere()
    cache.put("tag", "a", b"kept", version=cache.version("tag"))
    assert cache.get("tag", "a") is None
    assert cache.clear("tag") == 0


def test_without_valkey_reads_are_reads() -> None:
    away = Shared(
        Redis(host="127.0.0.1", port=free_port(), socket_connect_timeout=0.2, retry=Retry(NoBackoff(), 0))
    )
    away.put("tag", "a", b"kept", version=away.version("tag"))
    assert away.get("tag", "a") is None
    assert away.clear("tag") == 0


@pytest.fixture
def cached(database: Database, valkey_server: Valkey) -> Iterator[Database]:
    """The database as two processes would share it, with a cache beside it."""
    valkey = connect(CacheSettings(host="127.0.0.1", port=valkey_server.port))
    shared = Database(database.url, cache=Shared(valkey, prefix=uuid4().hex))
    yield shared
    shared.close()


def test_a_commit_makes_every_process_forget(cached: Database) -> None:
    with cached.unit_of_work(SYSTEM) as work:
        tag = TagService(work).create({"name": word("tag")})
    with cached.unit_of_work(SYSTEM) as reader:
        assert TagService(reader).get_by_id(tag.id) == tag
        with cached.unit_of_work(SYSTEM) as writer:
            TagRepository(writer.session).update(tag.id, {"is_active": False})
        assert TagService(reader).get_by_id(tag.id) == tag, "remembered"
        with cached.unit_of_work(SYSTEM) as writer:
            renamed = TagService(writer).update(tag.id, {"name": word("tag")})
    with cached.unit_of_work(SYSTEM) as reader:
        assert TagService(reader).get_by_id(tag.id) == renamed


def test_a_rollback_makes_nobody_forget(cached: Database) -> None:
    with cached.unit_of_work(SYSTEM) as work:
        tag = TagService(work).create({"name": word("tag")})
    with cached.unit_of_work(SYSTEM) as work:
        TagService(work).get_by_id(tag.id)
    with pytest.raises(ZeroDivisionError):
        cached.transact(SYSTEM, lambda work: TagService(work).update(tag.id, {"name": "x"}).id / 0)
    with cached.unit_of_work(SYSTEM) as work:
        assert TagService(work).clear_cache() == 1


def test_what_one_may_see_is_not_remembered_for_another(cached: Database) -> None:
    with cached.unit_of_work(SYSTEM) as work:
        hidden = TagService(work).create({"name": word("tag"), "is_active": False})
    for actor, sees in ((SYSTEM, True), (Actor.anonymous(), False), (SYSTEM, True)):
        with cached.unit_of_work(actor) as work:
            assert (TagService(work).get_by_id(hidden.id) is not None) is sees


def test_the_default_is_no_cache_at_all(database: Database) -> None:
    with database.unit_of_work(SYSTEM) as work:
        tag = TagService(work).create({"name": word("tag")})
        work.commit()
        assert TagService(work).get_by_id(tag.id) == tag
        assert TagService(work).clear_cache() == 0


def _gone(condition: Callable[[], bool], patience: float = 5) -> bool:
    deadline = time.monotonic() + patience
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()
