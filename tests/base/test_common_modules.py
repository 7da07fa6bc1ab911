"""Words, options, protection, searches and the audit trail, beyond what every module can do."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.base.contracts.modules.common import history
from tests.base.world import World, word
from vectoricons.banned_words import BannedWordService
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import Conflict, Duplicate, Forbidden, Invalid
from vectoricons.common.keyset import Ask
from vectoricons.common.protection import Protectable
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.email_histories import EmailHistoryService
from vectoricons.event_histories import EventHistoryRepository, EventHistoryService
from vectoricons.options import OptionRepository, OptionService
from vectoricons.products.product_types import ProductTypeService
from vectoricons.products.tags import TagService
from vectoricons.protected_entities import ProtectedEntityService
from vectoricons.search_activity import SearchActivityRepository, SearchActivityService
from vectoricons.users import UserService
from vectoricons.users.user_roles import UserRoleService

SYSTEM = Actor.system("test")
TODAY = datetime.now(UTC).date()


# -- banned words


def test_a_banned_word_is_found_whole_and_in_any_case(work: UnitOfWork) -> None:
    words = BannedWordService(work)
    words.create({"word": " Darn "})
    words.create({"word": "heck", "is_active": False})
    assert words.find_in("DARN it, what a heck") == ["darn"]
    assert words.find_in("darning needles") == []
    assert words.find_in("") == []
    with pytest.raises(Invalid, match='The name of the family holds "darn", which is not allowed here'):
        words.require_clean("A darn fine family", field="name of the family")
    words.require_clean("A fine family", field="name of the family")


def test_a_word_is_banned_once_however_it_is_written(work: UnitOfWork) -> None:
    words = BannedWordService(work)
    words.create({"word": "darn"})
    with pytest.raises(Duplicate), work.savepoint():
        words.create({"word": "DARN"})


def test_anybodys_text_is_held_against_words_they_may_not_see(world: World) -> None:
    BannedWordService(world.work).create({"word": "darn"})
    guest = BannedWordService(world.anonymously())
    assert guest.find_in("darn") == ["darn"]
    assert guest.get_all() == []


# -- options


def test_an_option_is_a_key_and_a_value_of_one_entity(work: UnitOfWork) -> None:
    options = OptionService(work)
    options.set_value("family", 1, "colour", "red")
    options.set_value("family", 1, "layout", "grid")
    options.set_value("set", 1, "colour", "blue")
    assert options.get_for("family", 1) == {"colour": "red", "layout": "grid"}
    assert options.set_value("family", 1, "colour", "green").value == "green"
    assert options.get_value("family", 1, "colour") == "green"
    assert options.get_value("family", 2, "colour") is None
    assert OptionRepository(work.session).entity.entity_name() == "option"


def test_an_option_is_nobodys_but_the_administrators_to_set(world: World) -> None:
    customer = world.acting_as(world.user(), Role.CUSTOMER)
    with pytest.raises(Forbidden):
        OptionService(customer).set_value("user", customer.actor.id or 0, "vip", "yes")


# -- protected entities


@pytest.mark.parametrize("how", ["delete", "soft_delete"])
def test_a_protected_row_refuses_to_go_even_for_an_administrator(world: World, how: str) -> None:
    user = world.user()
    protection = ProtectedEntityService(world.work)
    protection.protect(Protectable.USER, user.id)
    users = UserService(world.acting_as(world.user(), Role.ADMIN))
    with pytest.raises(Conflict, match="This user is protected: lift the protection"):
        getattr(users, how)(user.id)
    assert users.get_by_id(user.id) == user
    assert protection.lift(Protectable.USER, user.id) == 1
    assert protection.lift(Protectable.USER, user.id) == 0
    getattr(users, how)(user.id)
    left = users.get_by_id(user.id)
    assert left is None or left.is_deleted


def test_every_kind_that_can_be_protected_is_asked_for(world: World) -> None:
    role = UserRoleService(world.work).create({"value": word("role"), "label": "Role"})
    kind = ProductTypeService(world.work).create({"value": word("type"), "label": "Type"})
    protection = ProtectedEntityService(world.work)
    for protected, row in ((Protectable.USER_ROLE, role), (Protectable.PRODUCT_TYPE, kind)):
        protection.protect(protected, row.id)
        protection.protect(protected, row.id)
        assert protection.is_protected(protected, row.id)
    with pytest.raises(Conflict, match="user role"):
        UserRoleService(world.work).delete(role.id)
    with pytest.raises(Conflict, match="product type"):
        ProductTypeService(world.work).delete(kind.id)


def test_what_is_not_protectable_goes_as_ever(world: World) -> None:
    tag = world.tag()
    with pytest.raises(Invalid), world.work.savepoint():
        ProtectedEntityService(world.work).create({"entity_type": "tag", "entity_id": tag.id})
    assert TagService(world.work).delete(tag.id) == 1


def test_who_protects_waits_for_who_is_deleting(database: Database) -> None:
    with database.unit_of_work(SYSTEM) as work:
        user = World(work).user()
    began, seen = threading.Event(), []

    def protect() -> None:
        with database.unit_of_work(SYSTEM) as other:
            began.set()
            ProtectedEntityService(other).protect(Protectable.USER, user.id)
            seen.append(UserService(other).get_by_id(user.id))

    thread = threading.Thread(target=protect)
    with database.unit_of_work(SYSTEM) as work:
        UserService(work).delete(user.id)
        thread.start()
        began.wait(10)
        _until_somebody_waits(work)
        assert seen == []
    thread.join(10)
    assert seen == [None], "the deletion was first, and is seen"


def _until_somebody_waits(work: UnitOfWork) -> None:
    waiting = text("select count(*) from pg_locks where not granted and locktype = 'advisory'")
    while not work.session.scalar(waiting):
        pass


# -- search activity


def test_a_guests_search_is_noted_by_their_session(world: World) -> None:
    guest = SearchActivityService(world.anonymously())
    guest.note("  Arrow   UP ", session_id="s-1", hits=12)
    (noted,) = SearchActivityRepository(world.work.session).find_all({"session_id": "s-1"})
    assert (noted.search_term, noted.user_id, noted.hits) == ("arrow up", None, 12)
    with pytest.raises(Invalid, match="by their session"):
        guest.note("arrow")


def test_a_search_again_on_the_same_day_is_counted_not_repeated(world: World) -> None:
    me = world.user()
    mine = SearchActivityService(world.acting_as(me, Role.CUSTOMER))
    for session, hits in (("s-1", 1), ("s-2", 2)):
        mine.note("arrow", session_id=session, hits=hits)
    (noted,) = mine.get_all()
    assert (noted.user_id, noted.session_id, noted.times, noted.hits) == (me.id, None, 2, 2)
    guest = SearchActivityService(world.anonymously())
    for _ in range(2):
        guest.note("arrow", session_id="s-3")
    (by_session,) = SearchActivityRepository(world.work.session).find_all({"session_id": "s-3"})
    assert by_session.times == 2


def test_a_search_for_nothing_leaves_nothing_and_a_long_one_its_beginning(world: World) -> None:
    mine = SearchActivityService(world.acting_as(world.user(), Role.CUSTOMER))
    mine.note("   ")
    assert mine.get_all() == []
    mine.note("x" * 1000)
    assert [len(noted.search_term) for noted in mine.get_all()] == [255]


def test_administrators_see_what_is_looked_for_most(world: World) -> None:
    often, seldom = word("often"), word("seldom")
    for number, term in enumerate((often, often, seldom)):
        SearchActivityService(world.anonymously()).note(term, session_id=f"s-{number}")
    admin = SearchActivityService(world.acting_as(world.user(), Role.ADMIN))
    assert admin.most_frequent(TODAY - timedelta(days=1), limit=2) == [(often, 2), (seldom, 1)]
    assert admin.most_frequent(date.max) == []
    with pytest.raises(Forbidden):
        SearchActivityService(world.anonymously()).most_frequent(TODAY)


# -- the audit trail


def asked(**how: Any) -> Ask:
    return Ask(key="secret", sort_by="id", descending=False, **how)


def test_the_audit_trail_is_asked_by_entity_by_actor_and_by_trace(database: Database) -> None:
    with database.unit_of_work(SYSTEM) as work:
        person = World(work).user()
    actor = Actor.of(person)
    admin = Actor(actor.name, actor.id, actor.uuid, frozenset({"admin"}))
    with database.unit_of_work(admin, trace_id=word("trace")) as work:
        tag = TagService(work).create({"name": word("tag")})
        TagService(work).deactivate(tag.id)
        trace = work.trace_id or ""
    with database.unit_of_work(SYSTEM) as work:
        trail = EventHistoryService(work)
        names = ["tag.before.create", "tag.after.create", "tag.before.deactivate", "tag.after.deactivate"]
        assert [told.name for told in trail.get_by_trace(trace)] == names
        by_entity = trail.get_by_entity("tag", tag.id, asked=asked()).items
        assert [told.name for told in by_entity] == names[1:]
        by_actor = trail.get_by_actor(actor.name, asked=asked(limit=3))
        assert [told.name for told in by_actor.items] == names[:3]
        rest = trail.get_by_actor(
            actor.name,
            asked=Ask.following(by_actor.next, key="secret", sort_by="id", descending=False, limit=3),
        )
        assert [told.name for told in rest.items] == names[3:]
        assert {told.user_id for told in by_actor.items} == {person.id}


def test_nobody_rewrites_their_own_history(world: World) -> None:
    me = world.user()
    entry = EventHistoryRepository(world.work.session).create({**history(world), "user_id": me.id})
    mine = EventHistoryService(world.acting_as(me, Role.CUSTOMER))
    assert mine.get_by_id(entry.id) == entry
    with pytest.raises(Forbidden):
        mine.update(entry.id, {"actor": "somebody else"})
    with pytest.raises(Forbidden):
        mine.delete(entry.id)


# -- letters


def test_people_see_what_was_written_to_them_and_cannot_change_it(world: World) -> None:
    me, other = world.user(), world.user()
    letters = EmailHistoryService(world.work).repository
    for user in (me, other):
        letters.queue(history(world)["event_id"], "hello", to=user.email, user_id=user.id, payload={})
    mine = EmailHistoryService(world.acting_as(me, Role.CUSTOMER))
    (letter,) = mine.get_all()
    assert letter.recipient == me.email
    assert mine.get_for_user(other.id) == []
    with pytest.raises(Forbidden):
        mine.update(letter.id, {"status": "sent"})
