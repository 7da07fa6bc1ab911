"""Applications to sell: pending, then a contributor or declined, by an administrator."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.base.world import World, sent
from vectoricons.common.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from vectoricons.common.events import EventHistoryRow
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.users import User
from vectoricons.users.contributor_details import ROLES, ApplicationStatus, ContributorDetailService
from vectoricons.users.user_to_roles import UserToRoleService

CONTRIBUTOR_ROLES = {role.value for role in ROLES.values()}


@pytest.fixture
def ann(work: UnitOfWork) -> User:
    """Who wants to sell."""
    return World(work).user()


@pytest.fixture
def hers(work: UnitOfWork, ann: User) -> ContributorDetailService:
    """Applications, as she sees them."""
    return ContributorDetailService(World(work).acting_as(ann, Role.CUSTOMER))


@pytest.fixture
def admin(work: UnitOfWork) -> ContributorDetailService:
    """Applications, as an administrator sees them."""
    world = World(work)
    return ContributorDetailService(world.acting_as(world.user(), Role.ADMIN))


def held(work: UnitOfWork, user: User) -> set[str]:
    return set(UserToRoleService(work).role_ids(user.id)) & CONTRIBUTOR_ROLES


def test_who_applies_waits_and_is_then_a_contributor(
    work: UnitOfWork, ann: User, hers: ContributorDetailService, admin: ContributorDetailService
) -> None:
    applied = hers.apply(ann.id, company_name="Ann Ltd", asset_links="https://example.org/ann")
    assert (applied.status, held(work, ann)) == (ApplicationStatus.PENDING, {"contributor_pending"})
    assert admin.get_pending() == [applied]
    approved = admin.approve(ann.id)
    assert (approved.status, held(work, ann)) == (ApplicationStatus.APPROVED, {"contributor"})
    assert (approved.decided_by, approved.company_name) == (admin.work.actor.id, "Ann Ltd")
    assert approved.decided_at is not None
    assert admin.get_pending() == []


def test_to_approve_again_changes_nothing_and_tells_nobody(
    work: UnitOfWork, ann: User, hers: ContributorDetailService, admin: ContributorDetailService
) -> None:
    hers.apply(ann.id)
    assert admin.approve(ann.id) == admin.approve(ann.id)
    assert sent(work, "contributor.approved") == [{"userId": ann.id}]


def test_who_is_declined_learns_why_and_may_apply_again(
    work: UnitOfWork, ann: User, hers: ContributorDetailService, admin: ContributorDetailService
) -> None:
    hers.apply(ann.id, company_name="Ann Ltd")
    with pytest.raises(Invalid, match="why"):
        admin.decline(ann.id, "  ")
    admin.decline(ann.id, "Too few drawings")
    own = hers.get_one({"user_id": ann.id})
    assert own is not None
    assert (own.status, own.reason) == (ApplicationStatus.DECLINED, "Too few drawings")
    assert held(work, ann) == {"contributor_declined"}
    with pytest.raises(Conflict, match="declined already"):
        admin.approve(ann.id)
    again = hers.apply(ann.id, asset_links="https://example.org/more")
    assert (again.status, again.reason, again.decided_at) == ("pending", None, None)
    assert (again.company_name, held(work, ann)) == ("Ann Ltd", {"contributor_pending"})
    assert len(sent(work, "contributor.applied")) == 2


def test_an_application_is_changed_while_it_waits_and_told_once(
    work: UnitOfWork, ann: User, hers: ContributorDetailService
) -> None:
    hers.apply(ann.id, country="SE")
    assert hers.apply(ann.id, country="NO").country == "NO"
    assert hers.update(hers.get_all()[0].id, {"country": "FI"}).country == "FI"
    assert sent(work, "contributor.applied") == [{"userId": ann.id}]


def test_a_contributor_has_nothing_to_apply_for(
    ann: User, hers: ContributorDetailService, admin: ContributorDetailService
) -> None:
    hers.apply(ann.id)
    admin.approve(ann.id)
    with pytest.raises(Conflict, match="contributor's already"):
        hers.apply(ann.id)
    with pytest.raises(Conflict, match="approved already"):
        admin.decline(ann.id, "too late")


def test_nobody_decides_on_themselves_or_applies_for_another(
    work: UnitOfWork, ann: User, hers: ContributorDetailService
) -> None:
    hers.apply(ann.id)
    for refused in (
        lambda: hers.approve(ann.id),
        lambda: hers.decline(ann.id, "no"),
        lambda: hers.update(hers.get_all()[0].id, {"status": "approved"}),
        lambda: hers.create({"status": "approved"}),
        lambda: hers.apply(World(work).user().id),
    ):
        with pytest.raises(Forbidden):
            refused()
    assert held(work, ann) == {"contributor_pending"}


def test_there_is_nothing_to_decide_without_an_application(
    ann: User, admin: ContributorDetailService
) -> None:
    with pytest.raises(NotFound):
        admin.approve(ann.id)


def test_who_decided_what_is_in_the_audit_trail(
    work: UnitOfWork, ann: User, hers: ContributorDetailService, admin: ContributorDetailService
) -> None:
    hers.apply(ann.id)
    admin.approve(ann.id)
    trail = select(EventHistoryRow.name, EventHistoryRow.user_id).where(EventHistoryRow.phase == "after")
    assert list(work.session.execute(trail.order_by(EventHistoryRow.id))) == [
        ("contributor-detail.after.apply", ann.id),
        ("contributor-detail.after.approve", admin.work.actor.id),
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["apply", "approve", "decline"]), max_size=7))
def test_whatever_is_done_one_status_stands_and_its_role_with_it(work: UnitOfWork, steps: list[str]) -> None:
    ann, service = World(work).user(), ContributorDetailService(work)
    moves = {
        "apply": lambda: service.apply(ann.id),
        "approve": lambda: service.approve(ann.id),
        "decline": lambda: service.decline(ann.id, "no"),
    }
    before: str | None = None
    for step in steps:
        try:
            after: str | None = moves[step]().status
        except AppError:
            after = before
        assert (before, after) in {
            (None, None),
            (None, "pending"),
            ("pending", "pending"),
            ("pending", "approved"),
            ("pending", "declined"),
            ("declined", "pending"),
            ("declined", "declined"),
            ("approved", "approved"),
        }
        expected = {ROLES[ApplicationStatus(after)].value} if after else set()
        assert held(work, ann) == expected
        before = after
