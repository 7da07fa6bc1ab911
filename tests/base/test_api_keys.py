"""API keys: shown once, known by a prefix, good for some things and for some time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tests.base.world import World
from vectoricons.auth.api_keys import ApiKey, ApiKeyRepository, ApiKeyService, Holder, Scope, identify
from vectoricons.common.errors import Forbidden, Invalid, NotFound, Unauthenticated
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.users import User, UserRepository
from vectoricons.users.user_to_roles import UserToRoleRepository


@pytest.fixture
def ann(work: UnitOfWork) -> User:
    return World(work).user()


@pytest.fixture
def hers(work: UnitOfWork, ann: User) -> ApiKeyService:
    return ApiKeyService(World(work).acting_as(ann, Role.CUSTOMER))


def issue(
    service: ApiKeyService, user: User, *scopes: str, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    return service.issue(user.id, "ci", scopes or ["catalogue:read"], expires_at=expires_at)


def by(work: UnitOfWork, key: str) -> Holder:
    return identify(ApiKeyRepository(work.session), key)


def test_a_key_is_shown_once_and_stored_as_a_digest(work: UnitOfWork, ann: User, hers: ApiKeyService) -> None:
    key, shown = issue(hers, ann)
    assert shown.startswith(f"vik_{key.prefix}_")
    secret = shown.rpartition("_")[2]
    kept = str(work.session.execute(text("select to_jsonb(k) from api_keys k")).all())
    told = str(work.session.execute(text("select payload from event_histories")).all())
    assert secret not in kept + told + repr(key) + str(key.to_json())
    assert "digest" not in key.to_json()


def test_who_brings_it_acts_as_its_person_within_its_scopes(
    work: UnitOfWork, ann: User, hers: ApiKeyService
) -> None:
    _, shown = issue(hers, ann, "catalogue:read", "uploads:write")
    holder = by(work, shown)
    assert holder.user.id == ann.id
    assert holder.actor.id == ann.id
    holder.require(Scope.UPLOADS_WRITE)
    with pytest.raises(Forbidden, match="orders:read"):
        holder.require(Scope.ORDERS_READ)


def test_an_administrators_key_is_no_master_key(work: UnitOfWork, ann: User) -> None:
    UserToRoleRepository(work.session).give(ann.id, Role.ADMIN, Role.CUSTOMER)
    _, shown = issue(ApiKeyService(work), ann)
    holder = by(work, shown)
    assert holder.user.is_admin
    assert holder.actor.roles == {"customer"}


def test_what_is_no_valid_key_is_refused_in_the_same_words(
    work: UnitOfWork, ann: User, hers: ApiKeyService
) -> None:
    key, shown = issue(hers, ann)
    revoked, revoked_text = issue(hers, ann)
    hers.revoke(revoked.id)
    expired, expired_text = issue(hers, ann, expires_at=datetime.now(UTC) + timedelta(hours=1))
    work.session.execute(text("update api_keys set expires_at = now() where id = :id"), {"id": expired.id})
    wrong = f"vik_{key.prefix}_{'0' * 64}"
    said = set()
    for bad in (wrong, revoked_text, expired_text, shown[:-1], shown + "0", shown.upper(), "", "vik__", "é"):
        with pytest.raises(Unauthenticated) as refusal:
            by(work, bad)
        said.add(refusal.value.detail)
    assert len(said) == 1
    assert by(work, shown).user.id == ann.id


@pytest.mark.parametrize("state", [{"is_active": False}, {"is_deleted": True}, {"is_verified": False}])
def test_a_key_ends_with_its_account(
    work: UnitOfWork, ann: User, hers: ApiKeyService, state: dict[str, bool]
) -> None:
    _, shown = issue(hers, ann)
    UserRepository(work.session).update(ann.id, state)
    with pytest.raises(Unauthenticated):
        by(work, shown)


def test_a_closed_account_has_no_way_in(work: UnitOfWork, ann: User, hers: ApiKeyService) -> None:
    _, shown = issue(hers, ann)
    UserToRoleRepository(work.session).give(ann.id, Role.DENY_ALL)
    with pytest.raises(Forbidden, match="closed"):
        by(work, shown)


def test_when_it_was_last_used_is_right_to_the_minute(
    work: UnitOfWork, ann: User, hers: ApiKeyService
) -> None:
    key, shown = issue(hers, ann)
    assert key.last_used_at is None
    by(work, shown)
    first = hers.assert_exists(key.id).last_used_at
    by(work, shown)
    assert hers.assert_exists(key.id).last_used_at == first
    work.session.execute(text("update api_keys set last_used_at = last_used_at - interval '2 min'"))
    by(work, shown)
    latest = hers.assert_exists(key.id).last_used_at
    assert first is not None
    assert latest is not None
    assert latest > first


def test_a_revoked_key_stays_revoked_since_then(ann: User, hers: ApiKeyService) -> None:
    key, _ = issue(hers, ann)
    revoked = hers.revoke(key.id)
    assert revoked.revoked_at is not None
    assert hers.revoke(key.id).revoked_at == revoked.revoked_at


@pytest.mark.parametrize(
    ("scopes", "said"), [([], "needs a scope"), (["everything"], "no scope 'everything'")]
)
def test_scopes_are_named_one_by_one(ann: User, hers: ApiKeyService, scopes: list[str], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        hers.issue(ann.id, "ci", scopes)


def test_a_key_that_would_have_expired_is_not_made(work: UnitOfWork, ann: User, hers: ApiKeyService) -> None:
    with pytest.raises(Invalid, match="expired already"), work.savepoint():
        issue(hers, ann, expires_at=datetime(2020, 1, 1, tzinfo=UTC))


def test_people_make_and_see_their_own_keys_alone(work: UnitOfWork, ann: User, hers: ApiKeyService) -> None:
    bob = World(work).user()
    key, _ = issue(ApiKeyService(work), bob)
    with pytest.raises(Forbidden):
        issue(hers, bob)
    with pytest.raises(NotFound):
        hers.revoke(key.id)
    mine, _ = issue(hers, ann)
    assert hers.get_all() == [mine]
    with pytest.raises(Forbidden):
        hers.update(mine.id, {"scopes": ["account:read"]})
