"""Caches: in this process and in Valkey, the same in all they promise."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from local.processes import free_port
from local.valkey import Valkey
from tests.base.world import word
from vectoricons.common.actor import Actor
from vectoricons.common.cache import Cache, Memory, Nowhere, Shared, key_of
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
