"""What happens at the door at the same moment: each of these runs against itself, on a real database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.base.people import (
    ANOTHER,
    PASSWORD,
    account,
    letter_to_reset,
    letter_to_verify,
    newcomer,
    registered,
)
from tests.base.world import World, sent, word
from vectoricons.auth.api_keys import ApiKeyService
from vectoricons.auth.errors import AlreadyVerified, InvalidToken
from vectoricons.auth.login_history import MOST_OF_ONE_ACCOUNT, LoginHistoryRow, TooManyAttempts
from vectoricons.auth.password_reset import PasswordReset
from vectoricons.auth.registration import Registration
from vectoricons.auth.sign_in import SignIn
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database, Pools
from vectoricons.common.errors import AppError, Conflict, Unauthenticated
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.teams import TeamRepository, TeamService
from vectoricons.teams.team_types import TeamTypeRepository
from vectoricons.users import User, UserRepository
from vectoricons.users.contributor_details import ContributorDetailService
from vectoricons.users.user_to_roles import UserToRoleService

SYSTEM = Actor.system("test")
Action = Callable[[UnitOfWork], Any]


@pytest.fixture(scope="module")
def wide(database: Database) -> Database:
    """The module's database, for as many at once as a test has."""
    return Database(database.url, pools=Pools(writers=30))


def at_once(database: Database, actions: Sequence[Action], actor: Actor = SYSTEM) -> Counter[str]:
    """How each of *actions*, begun at the same moment in a transaction of its own, ended."""
    start = Barrier(len(actions))

    def run(action: Action) -> str:
        start.wait(timeout=30)
        try:
            with database.unit_of_work(actor) as work:
                action(work)
        except AppError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(len(actions)) as threads:
        return Counter(threads.map(run, actions))


def committed(database: Database, make: Callable[[UnitOfWork], Any]) -> Any:
    with database.unit_of_work(SYSTEM) as work:
        return make(work)


def test_one_address_registered_at_once_is_one_account_and_one_answer(wide: Database) -> None:
    email = newcomer()["email"]
    tries = [newcomer(email=email) for _ in range(6)]
    ended = at_once(
        wide,
        [lambda work, given=given: Registration(work).register(**given) for given in tries],
        Actor.anonymous(),
    )
    assert ended == {"done": 6}
    with wide.unit_of_work(SYSTEM) as work:
        user = UserRepository(work.session).find_by_email(email)
        assert user is not None
        assert sent(work, "user.signup").count({"userId": user.id}) == 1
        assert sent(work, "user.signup.error").count({"userId": user.id}) <= 2  # one a minute


def test_one_name_taken_at_once_is_one_persons(wide: Database) -> None:
    name = word("popular")
    tries = [newcomer(username=name) for _ in range(4)]
    ended = at_once(
        wide,
        [lambda work, given=given: Registration(work).register(**given) for given in tries],
        Actor.anonymous(),
    )
    assert ended == {"done": 1, "Duplicate": 3}


def test_a_reset_letter_used_twice_at_once_works_once(wide: Database) -> None:
    ann: User = committed(wide, account)
    token = committed(wide, lambda work: letter_to_reset(work, ann)).token
    ended = at_once(wide, [lambda work: PasswordReset(work).reset(token, ANOTHER)] * 4)
    assert ended == {"done": 1, InvalidToken.__name__: 3}
    with wide.unit_of_work(SYSTEM) as work:
        assert sent(work, "user.password-changed").count({"userId": ann.id}) == 1


def test_a_verification_letter_clicked_twice_at_once_is_one_welcome(wide: Database) -> None:
    ann: User = committed(wide, registered)
    token = committed(wide, lambda work: letter_to_verify(work, ann)).token
    ended = at_once(wide, [lambda work: Registration(work).verify_email(token)] * 4)
    assert ended == {"done": 1, AlreadyVerified.__name__: 3}
    with wide.unit_of_work(SYSTEM) as work:
        assert sent(work, "user.verify-email").count({"userId": ann.id}) == 1


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_the_limit_of_wrong_passwords_cannot_be_raced_past(wide: Database, known: bool) -> None:
    email = committed(wide, account).email if known else f"{word('nobody')}@example.org"
    guesses = 25
    ended = at_once(wide, [lambda work: SignIn(work).sign_in(email, "Wrong-Horse-1")] * guesses)
    assert ended == {
        Unauthenticated.__name__: MOST_OF_ONE_ACCOUNT,
        TooManyAttempts.__name__: guesses - MOST_OF_ONE_ACCOUNT,
    }
    with wide.unit_of_work(SYSTEM) as work:
        kept = select(LoginHistoryRow.is_counted, func.count()).where(LoginHistoryRow.email == email)
        assert dict(work.session.execute(kept.group_by(LoginHistoryRow.is_counted)).all()) == {
            True: MOST_OF_ONE_ACCOUNT,
            False: guesses - MOST_OF_ONE_ACCOUNT,
        }


def test_a_sign_in_that_dies_halfway_counts_as_failed(
    wide: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann: User = committed(wide, account)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vectoricons.auth.sign_in.passwords.matches", die)
    with pytest.raises(KeyboardInterrupt), wide.unit_of_work(SYSTEM) as work:
        SignIn(work).sign_in(ann.email, PASSWORD)
    with wide.unit_of_work(SYSTEM) as work:
        kept = work.session.scalars(select(LoginHistoryRow).where(LoginHistoryRow.email == ann.email)).one()
        assert (kept.status, kept.reason, kept.is_counted) == ("FAILED", "unfinished", True)


def test_no_connection_waits_while_a_password_is_looked_at(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann: User = committed(database, account)
    held: list[int] = []
    matches = SignIn.__module__ + ".passwords.matches"

    def count(*_: object) -> bool:
        held.append(narrow.writer.pool.checkedout())  # type: ignore[attr-defined]  # a QueuePool's
        return True

    narrow = Database(database.url, pools=Pools(writers=1))
    monkeypatch.setattr(matches, count)
    with narrow.unit_of_work(SYSTEM) as work:
        SignIn(work).sign_in(ann.email, PASSWORD)
    assert held == [0]
    narrow.close()


def test_an_application_is_decided_once_whoever_decides_at_once(wide: Database) -> None:
    ann: User = committed(wide, account)
    committed(wide, lambda work: ContributorDetailService(work).apply(ann.id, company_name="Ann Ltd"))
    decisions: list[Action] = [
        *[lambda work: ContributorDetailService(work).approve(ann.id)] * 3,
        *[lambda work: ContributorDetailService(work).decline(ann.id, "too few drawings")] * 3,
    ]
    ended = at_once(wide, decisions)
    assert ended == {"done": 3, Conflict.__name__: 3}
    with wide.unit_of_work(SYSTEM) as work:
        held = set(UserToRoleService(work).role_ids(ann.id)) & {"contributor", "contributor_declined"}
        told = [
            name
            for name in ("contributor.approved", "contributor.declined")
            if {"userId": ann.id} in sent(work, name)
        ]
        assert (len(held), len(told)) == (1, 1)
        assert "contributor_pending" not in UserToRoleService(work).role_ids(ann.id)


def test_applying_twice_at_once_is_one_application(wide: Database) -> None:
    ann: User = committed(wide, account)
    ended = at_once(wide, [lambda work: ContributorDetailService(work).apply(ann.id, country="SE")] * 4)
    assert ended == {"done": 4}
    with wide.unit_of_work(SYSTEM) as work:
        assert sent(work, "contributor.applied").count({"userId": ann.id}) == 1


def test_a_role_given_many_times_at_once_is_held_once(wide: Database) -> None:
    ann: User = committed(wide, account)
    role = committed(wide, lambda work: World(work).role_id("contributor"))
    ended = at_once(wide, [lambda work: UserToRoleService(work).add(ann.id, role)] * 4)
    assert ended == {"done": 4}
    with wide.unit_of_work(SYSTEM) as work:
        assert UserToRoleService(work).repository.count({"user_id": ann.id, "user_role_id": role}) == 1


def test_roles_follow_the_teams_however_they_change_at_once(wide: Database) -> None:
    def make(work: UnitOfWork) -> tuple[User, list[int]]:
        ann, bob = account(work), account(work)
        customers = TeamTypeRepository(work.session).find_by_value("customer")
        assert customers is not None
        made = [
            TeamService(work).create({"name": word("team"), "user_id": bob.id, "team_type_id": customers.id})
            for _ in range(4)
        ]
        for team in made[:2]:
            TeamService(work).add_member(team.id, ann.id)
        return ann, [team.id for team in made]

    ann, teams = committed(wide, make)
    changes: list[Action] = [
        *[lambda work, id=id: TeamService(work).remove_member(id, ann.id) for id in teams[:2]],
        *[lambda work, id=id: TeamService(work).add_member(id, ann.id) for id in teams[2:]],
    ]
    assert at_once(wide, changes) == {"done": 4}
    with wide.unit_of_work(SYSTEM) as work:
        assert "team_member" in UserToRoleService(work).role_ids(ann.id)
    assert at_once(
        wide, [lambda work, id=id: TeamService(work).remove_member(id, ann.id) for id in teams]
    ) == {"done": 4}
    with wide.unit_of_work(SYSTEM) as work:
        assert "team_member" not in UserToRoleService(work).role_ids(ann.id)


def test_a_team_handed_to_two_at_once_has_one_owner(wide: Database) -> None:
    def make(work: UnitOfWork) -> tuple[int, list[int]]:
        owner, *others = (account(work) for _ in range(3))
        customers = TeamTypeRepository(work.session).find_by_value("customer")
        assert customers is not None
        team = TeamService(work).create(
            {"name": word("team"), "user_id": owner.id, "team_type_id": customers.id}
        )
        for other in others:
            TeamService(work).add_member(team.id, other.id)
        return team.id, [owner.id, *(other.id for other in others)]

    team_id, people = committed(wide, make)
    handed: list[Action] = [lambda work, to=to: TeamService(work).transfer(team_id, to) for to in people[1:]]
    at_once(wide, handed)
    with wide.unit_of_work(SYSTEM) as work:
        team = TeamRepository(work.session).find_by_id(team_id)
        assert team is not None
        owners = [id for id in people if "team_owner" in UserToRoleService(work).role_ids(id)]
        assert owners == [team.user_id]


def test_nobody_gets_more_keys_by_asking_at_once(wide: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vectoricons.auth.api_keys.MOST_KEYS", 2)
    ann: User = committed(wide, account)
    ended = at_once(wide, [lambda work: ApiKeyService(work).issue(ann.id, "ci", ["catalogue:read"])] * 5)
    assert ended == {"done": 2, "Invalid": 3}
