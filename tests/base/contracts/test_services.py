"""The service contract: S01 to S19."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import class_mapper

from tests.base.contracts.modules import MODULES, Module, Subject
from vectoricons.common import migrate
from vectoricons.common.cache import Memory
from vectoricons.common.errors import Forbidden, Invalid, NotFound
from vectoricons.common.events import EventHistoryRow
from vectoricons.common.keyset import Ask
from vectoricons.common.mixins.service import (
    AccessControlled,
    Activatable,
    Addressable,
    Cacheable,
    Observable,
    Pluggable,
    SoftDeletable,
)
from vectoricons.common.outbox import EventOutboxRow
from vectoricons.common.service import Service
from vectoricons.common.views import ViewService
from vectoricons.config.enums import Role

# Untraced, for it is long: all but a fortieth of the domain is seen to be covered by other tests.
pytestmark = pytest.mark.no_cover

NOBODY = 2**40
STATED_ORDER = [Observable, Cacheable, Pluggable, AccessControlled, SoftDeletable, Activatable, Service]


def only(*capabilities: type) -> pytest.MarkDecorator:
    """The modules that can do all of this."""
    able = [module for module in MODULES if all(module.can(capability) for capability in capabilities)]
    return pytest.mark.parametrize("module", able, ids=str, indirect=True)


def test_every_service_there_is_is_under_contract() -> None:
    migrate.metadata()  # imports every module
    under_contract = {module.service for module in MODULES}
    there = {
        service
        for service in _descendants(Service)
        if "repository" in vars(service).get("__annotations__", {})
    }
    generic = {service for service in there if getattr(service, "__parameters__", ())}
    views = {service for service in there if issubclass(service, ViewService)}
    assert there - generic - views == under_contract


def test_it_is_wired_to_its_repository_and_entity(subject: Subject) -> None:
    assert type(subject.service.repository) is subject.module.repository
    assert subject.service.entity is subject.module.entity


def test_its_capabilities_are_in_the_stated_order(module: Module) -> None:
    order = [base for base in module.service.__mro__ if base in STATED_ORDER]
    assert order == [capability for capability in STATED_ORDER if capability in order]


def test_it_gets_all_by_id_one_and_where(subject: Subject) -> None:
    first, second = subject.many(2)
    service = subject.service
    assert {first.id, second.id} <= {entity.id for entity in service.get_all()}
    assert service.get_by_id(first.id) == first
    assert service.get_one({"id": second.id}) == second
    assert service.get_where({"id": [first.id]}) == [first]
    assert service.get_by_id(_other_key(first)) is None


def test_it_says_so_when_more_fits_than_it_gives(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vectoricons.common.service.LARGEST_LIST", 1)
    made = subject.many(2)
    with pytest.raises(Invalid, match="page by page"):
        subject.service.get_where({"id": [entity.id for entity in made]})


def test_it_gets_with_relations(subject: Subject) -> None:
    made = subject.one()
    for graph in subject.module.repository.graphs:
        (found,) = subject.service.get_with_relations({"id": made.id}, graph)
        assert found == subject.service.get_one_with_relations({"id": made.id}, graph)
        assert found.id == made.id


def test_it_creates_from_a_mapping_and_from_an_entity(subject: Subject) -> None:
    made = subject.service.create(subject.data())
    assert subject.service.get_by_id(made.id) == made
    if _needs_own_id(subject) or _hides_what_it_needs(subject):
        return
    copy = subject.service.create(made.clone_with(**_unique(subject)))
    assert copy.id != made.id
    assert subject.service.create_many([]) == subject.service.upsert_many([]) == []


def test_it_updates_with_a_mapping_and_with_an_entity(subject: Subject) -> None:
    made = subject.one()
    updated = subject.service.update(made.id, subject.module.change)
    assert _shown(updated, subject) == subject.module.change
    with pytest.raises(NotFound, match="not found"):
        subject.service.update(_other_key(made), subject.module.change)
    subject.repository.delete(made.id)  # its new name may be one that only one may have
    other = subject.one()
    again = subject.service.update(other.id, other.clone_with(**subject.module.change))
    assert _shown(again, subject) == subject.module.change


def test_it_upserts(subject: Subject) -> None:
    data = subject.data()
    if subject.module.repository.unique_key == ("id",):
        data = {"id": NOBODY, **data}
    made = subject.service.upsert(data)
    assert subject.service.upsert(data).id == made.id


def test_it_deletes(subject: Subject) -> None:
    made = subject.one()
    assert subject.service.delete(made.id) == 1
    assert subject.service.get_by_id(made.id) is None


def test_it_tells_whether_something_exists(subject: Subject) -> None:
    made = subject.one()
    assert subject.service.exists({"id": made.id})
    assert subject.service.assert_exists(made.id) == made
    assert not subject.service.exists({"id": _other_key(made)})
    with pytest.raises(NotFound, match="not found"):
        subject.service.assert_exists(_other_key(made))


def test_it_pages(subject: Subject) -> None:
    made = subject.many(3)
    where = {"id": [entity.id for entity in made]}
    page = subject.service.paginate(where, page=1, size=2)
    assert (len(page.results), page.total, page.total_pages) == (2, 3, 2)
    feed = subject.service.keyset_page(where, asked=Ask(key="secret", sort_by="id", limit=2))
    assert [entity.id for entity in feed.items] == sorted(where["id"], reverse=True)[:2]


@only(SoftDeletable)
def test_it_puts_away_and_brings_back(subject: Subject) -> None:
    made, service = subject.one(), cast("SoftDeletable[Any]", subject.service)
    gone = service.soft_delete(made.id)
    assert (gone.is_deleted, gone.is_active) == (True, False)
    back = service.restore(made.id)
    assert (back.is_deleted, back.is_active) == (False, False)
    service.soft_delete(made.id)
    assert service.restore(made.id, reactivate=True).is_active
    with pytest.raises(NotFound):
        service.soft_delete(_other_key(made))


@only(Activatable)
def test_it_switches_off_and_on(subject: Subject) -> None:
    made, service = subject.one(), cast("Activatable[Any]", subject.service)
    assert made.is_active
    assert not service.deactivate(made.id).is_active
    assert service.activate(made.id).is_active
    assert not service.toggle_active(made.id).is_active
    assert service.toggle_active(made.id).is_active
    for switch in (service.activate, service.deactivate, service.toggle_active):
        with pytest.raises(NotFound):
            switch(_other_key(made))


@only(Activatable)
def test_it_gets_what_is_active(subject: Subject) -> None:
    on, off, _ = subject.many(3)
    service = cast("Activatable[Any]", subject.service)
    service.deactivate(off.id)
    assert service.get_active({"id": [on.id, off.id]}) == [on]
    assert off.id not in {entity.id for entity in service.get_active()}


@only(Activatable, SoftDeletable)
def test_switching_off_does_not_bring_back(subject: Subject) -> None:
    made = subject.one()
    cast("SoftDeletable[Any]", subject.service).soft_delete(made.id)
    service = cast("Activatable[Any]", subject.service)
    assert service.deactivate(made.id).is_deleted
    assert service.activate(made.id).is_deleted
    assert service.get_active({"id": made.id}) == []


@only(Addressable)
def test_it_is_found_by_its_public_id_which_never_changes(subject: Subject) -> None:
    made, service = subject.one(), cast("Addressable[Any]", subject.service)
    assert len(made.unique_id) == 12
    assert service.get_by_unique_id(made.unique_id) == made
    assert service.update(made.id, subject.module.change).unique_id == made.unique_id
    assert service.get_by_unique_id("000000000000") is None


def test_it_knows_when_it_was_made_and_changed(subject: Subject) -> None:
    if not subject.module.has("created_at"):
        assert "created_at" not in subject.module.entity.model_fields
        return
    made = subject.service.create(subject.data())
    now = subject.work.session.scalar(select(func.clock_timestamp()))
    assert now is not None
    assert now - made.created_at < timedelta(seconds=1)
    updated = subject.service.update(made.id, subject.module.change)
    assert updated.created_at == made.created_at
    assert updated.updated_at > made.updated_at


@only(Pluggable)
def test_a_write_is_told_before_and_after_and_to_the_world(subject: Subject) -> None:
    made = subject.one()
    subject.service.update(made.id, subject.module.change)
    kind = str(subject.module)
    assert _history(subject) == [f"{kind}.before.update", f"{kind}.after.update"]
    sent = subject.work.session.scalars(select(EventOutboxRow)).all()
    assert [(event.name, event.data) for event in sent] == [
        (f"{kind}.after.update", {"ids": [_jsonable(made.id)]})
    ]


@only(Pluggable)
def test_a_failed_write_is_told_although_it_is_rolled_back(subject: Subject) -> None:
    with pytest.raises(NotFound):
        subject.service.update(_other_key(subject.one()), subject.module.change)
    subject.work.rollback()
    assert _history(subject) == [f"{subject.module}.failed.update"]
    assert subject.work.session.scalar(select(func.count()).select_from(EventOutboxRow)) == 0


@only(Cacheable)
def test_a_read_is_remembered_until_its_kind_is_written(subject: Subject) -> None:
    made = subject.one()
    subject.work.cache = Memory()
    assert subject.service.get_by_id(made.id) == made
    subject.repository.update(made.id, subject.module.change)  # behind the service's back
    assert subject.service.get_by_id(made.id) == made
    assert subject.service.get_where({"id": made.id}) != [made]
    subject.service.update(made.id, subject.module.change)
    assert subject.service.get_by_id(made.id) != made, "a transaction sees its own changes"
    subject.work.commit()
    assert subject.service.get_by_id(made.id) != made, "the commit made others forget"


@only(Cacheable)
def test_what_is_remembered_is_whole(subject: Subject) -> None:
    subject.work.cache = Memory()
    made = subject.many(2)
    where = {"id": [entity.id for entity in made]}
    assert subject.service.get_where(where) == subject.service.get_where(where) == made
    assert subject.service.get_one({"id": NOBODY}) is None
    assert subject.service.get_one({"id": NOBODY}) is None
    assert not subject.module.entity.hidden_fields(), "what is hidden is in no cache"


@only(AccessControlled)
def test_nobody_may_write_and_a_closed_account_may_nothing(subject: Subject) -> None:
    made = subject.one()
    stranger = subject.module.service(subject.world.acting_as(subject.world.user(), Role.CUSTOMER))
    with pytest.raises((Forbidden, NotFound)):
        stranger.update(made.id, subject.module.change)
    with pytest.raises((Forbidden, NotFound)):
        stranger.delete(made.id)
    closed = subject.module.service(subject.world.acting_as(subject.world.user(), Role.ADMIN, Role.DENY_ALL))
    for refused in (closed.get_all, lambda: closed.create(subject.data()), lambda: closed.exists({})):
        with pytest.raises(Forbidden, match="closed"):
            refused()


@only(AccessControlled)
def test_an_administrator_may_write(subject: Subject) -> None:
    made = subject.one()
    administrator = subject.module.service(subject.world.acting_as(subject.world.user(), "ADMIN".lower()))
    assert _shown(administrator.update(made.id, subject.module.change), subject) == subject.module.change


@only(AccessControlled)
def test_a_guest_sees_what_is_public_and_live(subject: Subject) -> None:
    made = subject.one()
    guest = subject.module.service(subject.world.anonymously())
    public = cast("AccessControlled[Any]", guest).public
    assert guest.exists({"id": made.id}) is public
    if subject.module.can(Activatable):
        cast("Activatable[Any]", subject.service).deactivate(made.id)
        assert guest.get_by_id(made.id) is None


def _descendants(of: type) -> set[type]:
    children: list[type] = of.__subclasses__()
    return {below for child in children for below in ({child} | _descendants(child))}


def _other_key(entity: Any) -> Any:
    return NOBODY if isinstance(entity.id, int) else entity.id.__class__(int=1)


def _jsonable(key: Any) -> Any:
    return key if isinstance(key, int) else str(key)


def _shown(entity: Any, subject: Subject) -> dict[str, Any]:
    return {name: getattr(entity, name) for name in subject.module.change}


def _needs_own_id(subject: Subject) -> bool:
    return "id" in subject.data()


def _hides_what_it_needs(subject: Subject) -> bool:
    """Whether a copy of an entity would lack something: what is hidden is never written from one."""
    columns = [
        class_mapper(subject.module.row).columns[name] for name in subject.module.entity.hidden_fields()
    ]
    return any(not (column.nullable or column.server_default) for column in columns)


def _unique(subject: Subject) -> dict[str, Any]:
    """Values that let a copy stand beside its original."""
    owner = {"user_id", "family_id", "set_id"} if subject.module.has("family_id") else set()
    return {name: value for name, value in subject.data().items() if name not in owner}


def _history(subject: Subject) -> list[str]:
    return list(subject.work.session.scalars(select(EventHistoryRow.name).order_by(EventHistoryRow.id)))
