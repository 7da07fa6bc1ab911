"""Who may do what, in one order: deny_all, administrators, public reads, policy, permissions, owner, no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from tests.base.world import World, word
from vectoricons.common.access_control import AccessControl, Resource, own_contribution
from vectoricons.common.actor import Actor, roles
from vectoricons.common.errors import Forbidden
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.products.families import FamilyRepository, FamilyService
from vectoricons.products.icons import IconRepository, IconService
from vectoricons.products.product_types import ProductTypeId
from vectoricons.products.sets import SetService
from vectoricons.products.tags import TagService
from vectoricons.users import UserService

RULES = AccessControl()
MINE = Resource("icon", owner_id=7)
THEIRS = Resource("icon", owner_id=8)


@dataclass(frozen=True)
class Held:
    """A role as a row of another module."""

    value: str | None


def actor(*held: str, id: int | None = 7) -> Actor:
    return Actor("user:seven", id=id, roles=roles(held))


# -- roles


@pytest.mark.parametrize(
    ("held", "wanted", "has"),
    [
        (["admin"], "admin", True),
        (["customer"], "admin", False),
        (["ADMIN"], "Admin", True),
        ("admin", "admin", True),
        (None, "admin", False),
        ([], "admin", False),
        ([Held("Contributor")], "contributor", True),
        ([Held(None)], "contributor", False),
        ([object()], "contributor", False),
        (["customer", Held("subscriber"), "contributor"], "subscriber", True),
        (["customer"], "", False),
    ],
    ids=[
        "held", "not held", "in any case", "one string", "none at all", "an empty list", "a role entity",
        "a role without value", "something that is no role", "one of many", "the empty role",
    ],
)  # fmt: skip
def test_a_role_is_held_or_not(held: Any, wanted: str, has: bool) -> None:
    assert Actor("somebody", roles=roles(held)).has_role(wanted) is has


def test_a_user_acts_with_the_roles_that_were_loaded(work: UnitOfWork) -> None:
    user = World(work).user()
    assert Actor.of(user).roles == frozenset()
    assert Actor.of(user).name == f"user:{user.uuid}"
    assert Actor.system("reaper").has_role(Role.SYSTEM)
    assert Actor.anonymous().has_role(Role.GUEST)


# -- who comes first


@pytest.mark.parametrize(
    ("who", "what", "allowed"),
    [
        (actor("deny_all"), MINE, False),
        (actor("admin"), THEIRS, True),
        (actor("super_admin"), THEIRS, True),
        (actor("deny_all", "admin"), THEIRS, False),
        (actor("admin", "super_admin"), THEIRS, True),
        (actor("customer"), THEIRS, False),
        (Actor.system("worker"), THEIRS, True),
    ],
    ids=["closed", "admin", "super admin", "closed admin", "both admins", "a stranger", "our process"],
)
def test_closed_accounts_are_refused_before_administrators_are_let_in(
    who: Actor, what: Resource, allowed: bool
) -> None:
    assert RULES.allows(who, "update", what) is allowed


@pytest.mark.parametrize(
    ("who", "what", "allowed"),
    [
        (actor(), Resource("icon", owner_id=7), True),
        (actor(), Resource("icon", owner_id=8), False),
        (actor(), Resource("icon", owner_id="7"), True),
        (Actor("seven", id="7"), Resource("icon", owner_id=7), True),  # type: ignore[arg-type]  # ids from outside are text
        (actor(), None, False),
        (actor(), Resource("icon"), False),
        (actor(id=None), Resource("icon"), False),
        (actor("deny_all"), Resource("icon", owner_id=7), False),
        (actor(id=0), Resource("icon", owner_id=0), True),
        (actor("customer"), Resource("icon", owner_id=7), True),
    ],
    ids=[
        "their own", "another's", "text beside number", "number beside text", "nothing", "nobody's",
        "nobody and nobody's", "their own but closed", "number zero", "their own with a role",
    ],
)  # fmt: skip
def test_owners_may(who: Actor, what: Resource | None, allowed: bool) -> None:
    assert RULES.allows(who, "update", what) is allowed


def test_nobody_is_a_guest_and_guests_read_what_is_public() -> None:
    public = Resource("icon", owner_id=7, is_public=True)
    assert RULES.allows(None, "read", public)
    assert RULES.allows(Actor.anonymous(), "list", public)
    assert not RULES.allows(None, "update", public)
    assert not RULES.allows(None, "read", MINE)
    assert not RULES.allows(None, None, public)
    assert not RULES.allows(actor("deny_all"), "read", public)


def test_a_missing_action_is_decided_by_ownership_alone() -> None:
    assert RULES.allows(actor(), None, MINE)
    assert not RULES.allows(actor(), None, THEIRS)


def test_rules_need_no_policies_and_take_some() -> None:
    assert AccessControl().policies == {}
    assert set(AccessControl(policies={"icon:move": own_contribution}).policies) == {"icon:move"}


@pytest.mark.parametrize(
    ("who", "action", "what", "allowed"),
    [
        (None, "update", MINE, False),
        (None, None, None, False),
        (actor(), None, MINE, True),
        (Actor("user:seven", id=7), "update", MINE, True),
        (actor(*[]), "update", MINE, True),
        (actor(id=0), "update", Resource("icon", owner_id=0), True),
        (actor("customer", id=0), "update", Resource("icon", owner_id=""), False),
    ],
    ids=[
        "nobody", "nobody and nothing", "no action", "no roles at all", "an empty list of roles",
        "number zero", "zero is not the empty text",
    ],
)  # fmt: skip
def test_what_is_missing_gives_nobody_more_than_they_have(
    who: Actor | None, action: str | None, what: Resource | None, allowed: bool
) -> None:
    assert RULES.allows(who, action, what) is allowed


def test_the_whole_order_one_step_after_the_other() -> None:
    """Each step decides where the ones before it do not, and is not asked where they do."""
    rules = AccessControl(
        policies={"icon:read": lambda _actor, _resource: False},
        permissions={"icon:update": frozenset({"editor"}), "icon:read": frozenset({"customer"})},
    )
    public = Resource("icon", owner_id=7, is_public=True)
    assert not rules.allows(actor("deny_all", "admin"), "read", public), "1: closed"
    assert rules.allows(actor("super_admin"), "read", MINE), "2: administrators, past the policy"
    assert rules.allows(Actor.anonymous(), "read", public), "3: public reads, past the policy"
    assert not rules.allows(actor("customer"), "read", MINE), "4: the policy, past permission and owner"
    assert rules.allows(actor("editor", id=9), "update", MINE), "5: permission"
    assert rules.allows(actor(), "update", MINE), "6: the owner"
    assert not rules.allows(actor(id=9), "update", MINE), "7: nobody else"


# -- policies and permissions


def test_a_policy_has_the_last_word_after_administrators_and_public_reads() -> None:
    closed = AccessControl(policies={"icon:read": lambda _actor, _resource: False})
    assert not closed.allows(actor(), "read", MINE)
    assert closed.allows(actor("admin"), "read", MINE)
    assert closed.allows(None, "read", Resource("icon", is_public=True))
    assert closed.allows(actor(), "update", MINE), "another action has no policy"


def test_a_policy_sees_who_and_what() -> None:
    seen: list[tuple[Actor, Resource]] = []

    def witness(who: Actor, what: Resource) -> bool:
        seen.append((who, what))
        return True

    rules = AccessControl(policies={"icon:move": witness})
    assert rules.allows(actor(), "move", THEIRS)
    assert seen == [(actor(), THEIRS)]


def test_a_permission_lets_a_role_in() -> None:
    rules = AccessControl(permissions={"icon:create": frozenset({"contributor"})})
    assert rules.allows(actor("contributor"), "create", Resource("icon"))
    assert not rules.allows(actor("customer"), "create", Resource("icon"))
    assert not rules.allows(actor("contributor"), "delete", Resource("icon"))


def test_contributors_write_what_is_theirs() -> None:
    assert own_contribution(actor("contributor"), MINE)
    assert not own_contribution(actor("contributor"), THEIRS)
    assert not own_contribution(actor("customer"), MINE)


def test_refusal_is_a_sentence() -> None:
    with pytest.raises(Forbidden, match=r"^You may not update this product type\.$"):
        RULES.enforce(actor(), "update", Resource("product-type"))
    RULES.enforce(actor("admin"), "update", Resource("product-type"))


def test_a_resource_knows_its_owner(work: UnitOfWork) -> None:
    world = World(work)
    assert Resource.of(world.contributor).owner_id == world.contributor.id
    assert Resource.of(world.family).owner_id == world.contributor.id
    assert Resource.of(world.tag(), is_public=True) == Resource("tag", None, True, ANY)


# -- through services


def test_a_contributor_builds_a_family_that_is_theirs(world: World) -> None:
    as_contributor = world.acting_as(world.contributor, Role.CONTRIBUTOR)
    family = FamilyService(as_contributor).create({"name": word("family")})
    assert family.user_id == world.contributor.id
    made = SetService(as_contributor).create(
        {"name": "set", "family_id": family.id, "product_type_id": ProductTypeId.ICON}
    )
    icon = IconService(as_contributor).create({"name": "up", "family_id": family.id, "set_id": made.id})
    assert IconService(as_contributor).update(icon.id, {"name": "down"}).name == "down"
    assert IconService(as_contributor).soft_delete(icon.id).is_deleted


def test_a_contributor_touches_nothing_of_another(world: World) -> None:
    other = world.acting_as(world.user(), Role.CONTRIBUTOR)
    with pytest.raises(Forbidden):
        FamilyService(other).update(world.family.id, {"name": "mine now"})
    with pytest.raises(Forbidden):
        FamilyService(other).create({"name": "in your name", "user_id": world.contributor.id})
    with pytest.raises(Forbidden):
        FamilyService(other).upsert({"name": world.family.name, "user_id": world.contributor.id})


def test_an_upsert_does_not_take_over_anothers_row(world: World) -> None:
    source = {"source_batch_id": uuid4(), "source_entry_no": 1}
    theirs = {"user_id": world.contributor.id, "family_id": world.family.id, "set_id": world.set.id}
    IconRepository(world.work.session).create({"name": "up", **theirs, **source})
    thief = world.user()
    service = IconService(world.acting_as(thief, Role.CONTRIBUTOR))
    own = {**theirs, "user_id": thief.id}
    with pytest.raises(Forbidden, match="source_batch_id"):
        service.upsert({"name": "mine", **own, **source})


def test_nobody_gives_their_row_away(world: World) -> None:
    mine = world.acting_as(world.contributor, Role.CONTRIBUTOR)
    with pytest.raises(Forbidden):
        FamilyService(mine).update(world.family.id, {"user_id": world.user().id})


def test_nobody_makes_their_own_icon_popular(world: World) -> None:
    mine = world.acting_as(world.contributor, Role.CONTRIBUTOR)
    with pytest.raises(Forbidden, match='"icon_count" of a family'):
        FamilyService(mine).update(world.family.id, {"icon_count": 1_000_000})
    with pytest.raises(Forbidden, match='"unique_id"'):
        FamilyService(mine).update(world.family.id, {"unique_id": "abcabcabcabc"})


def test_who_owns_a_draft_sees_it_and_others_do_not(world: World) -> None:
    FamilyRepository(world.work.session).update(world.family.id, {"is_active": False})
    owner = FamilyService(world.acting_as(world.contributor, Role.CONTRIBUTOR))
    assert owner.get_by_id(world.family.id) is not None
    assert FamilyService(world.acting_as(world.user(), Role.CUSTOMER)).get_by_id(world.family.id) is None
    assert FamilyService(world.anonymously()).paginate({"id": world.family.id}).total == 0


def test_people_see_and_change_themselves_alone(world: World) -> None:
    me, other = world.user(), world.user()
    mine = UserService(world.acting_as(me, Role.CUSTOMER))
    assert mine.get_by_uuid(me.uuid) is not None
    assert mine.get_by_uuid(other.uuid) is None
    assert mine.update(me.id, {"display_name": "New"}).display_name == "New"
    with pytest.raises(Forbidden, match="is_verified"):
        mine.update(me.id, {"is_verified": True})
    assert [user.id for user in mine.get_all()] == [me.id]


def test_contributors_bring_words_and_customers_do_not(world: World) -> None:
    names = [word("arrow")]
    assert (
        TagService(world.acting_as(world.user(), Role.CONTRIBUTOR)).get_or_create(names)[0].name == names[0]
    )
    with pytest.raises(Forbidden):
        TagService(world.acting_as(world.user(), Role.CUSTOMER)).get_or_create([word("arrow")])
