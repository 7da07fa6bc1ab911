"""People and what is theirs: profiles, roles, addresses, keys, applications, teams, histories."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.clients import Program
from tests.api.factories import SYSTEM, Shelf
from vectoricons.auth.letters import Letters
from vectoricons.config.enums import Role


class House:
    """People with their programs."""

    def __init__(self, app: Flask, shelf: Shelf) -> None:
        self.app, self.shelf = app, shelf
        self.root = self.somebody("root", Role.ADMIN)

    def somebody(self, name: str, role: str = Role.CUSTOMER) -> Program:
        return Program(self.app, self.shelf.contributor(name, role=role))

    def give(self, who: Program, role: str) -> Any:
        return self.root("PUT", f"{who.path}/roles/{role}")

    def type_id(self, value: str = "customer") -> int:
        types = self.root("GET", "/api/v1/team-types").json["items"]
        return next(int(each["id"]) for each in types if each["value"] == value)

    def team(self, owner: Program, name: str) -> str:
        made = owner("POST", "/api/v1/teams", {"name": name, "teamTypeId": self.type_id()})
        assert made.status_code == 201, made.text
        return str(made.headers["Location"])


@pytest.fixture
def house(app: Flask, shelf: Shelf) -> House:
    return House(app, shelf)


def test_everybody_sees_of_who_sells_what_is_public_and_of_others_nothing(
    house: House, client: FlaskClient
) -> None:
    ada, ann = house.somebody("ada", Role.CONTRIBUTOR), house.somebody("ann")
    ada("POST", f"{ada.path}/socials", {"label": "Page", "url": "https://ada.example"})
    seen = client.get(ada.path)
    assert seen.headers["Cache-Control"].startswith("public")
    assert seen.json == {
        "id": str(ada.user.uuid),
        "username": "ada",
        "displayName": "Ada",
        "image": None,
        "socials": [{"label": "Page", "url": "https://ada.example"}],
    }
    assert client.get(ann.path).status_code == 404
    assert ada("GET", ann.path).status_code == 404
    own = ann("GET", ann.path)
    assert (own.json["email"], own.json["roles"]) == ("ann@example.com", ["customer"])
    assert own.headers["Cache-Control"].startswith("private")
    assert {"password", "tokenVersion", "resetPasswordToken"}.isdisjoint(own.json)
    assert house.root("GET", ann.path).json == own.json


def test_people_change_their_profile_and_not_what_administrators_say(house: House) -> None:
    ann = house.somebody("anna")
    seen = ann("GET", ann.path).headers["ETag"]
    changed = ann("PATCH", ann.path, {"firstName": "Anna", "username": "Anna2"}, If_Match=seen)
    assert (changed.json["firstName"], changed.json["username"]) == ("Anna", "anna2")
    assert ann("PATCH", ann.path, {"lastName": "B"}, If_Match=seen).status_code == 412
    assert ann("PATCH", ann.path, {"username": "root"}).status_code == 409
    assert ann("PATCH", ann.path, {"isActive": False}).status_code == 403
    picture = {"image": "https://pictures.example/anna.png"}
    assert ann("PATCH", ann.path, picture).json["image"] == picture["image"]
    for bad in ("javascript:alert(1)", "anna.png", "https://pictures.example/a b.png"):
        refused = ann("PATCH", ann.path, {"image": bad})
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "image")
    assert ann("PATCH", ann.path, {"image": None}).json["image"] is None
    refused = ann("PATCH", ann.path, {"email": "other@example.com"})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "email")


def test_what_changed_meanwhile_is_not_removed(house: House) -> None:
    ben = house.somebody("benno")
    key = ben("POST", "/api/v1/api-keys", {"name": "mine", "scopes": ["account:read"]}).headers["Location"]
    email = ben("POST", f"{ben.path}/emails", {"email": "benno@example.org"}).headers["Location"]
    for address in (key, email, ben.path):
        outdated = ben("DELETE", address, If_Match='"something-else"')
        assert (outdated.status_code, outdated.json["code"]) == (412, "changed-meanwhile"), address
    for address in (key, email):
        seen = ben("GET", address).headers["ETag"]
        assert ben("DELETE", address, If_Match=seen).status_code == 204, address


def test_an_account_is_switched_off_and_on(house: House) -> None:
    ann = house.somebody("switched")
    assert house.root("PATCH", ann.path, {"isActive": False}).json["isActive"] is False
    assert ann("GET", ann.path).status_code == 401
    house.root("PATCH", ann.path, {"isActive": True})
    assert ann("GET", ann.path).status_code == 200


def test_who_closes_their_account_is_gone(house: House) -> None:
    ann = house.somebody("closing")
    assert ann("DELETE", ann.path).status_code == 204
    assert ann("GET", ann.path).status_code == 401
    listed = house.root("GET", "/api/v1/users?isDeleted=true").json["items"]
    assert [person["username"] for person in listed] == ["closing"]


def test_roles_are_given_and_taken_and_take_effect_at_once(house: House, client: FlaskClient) -> None:
    ann = house.somebody("rising")
    for _ in range(2):
        assert house.give(ann, "contributor").status_code == 204
    assert client.get(ann.path).status_code == 200
    house.give(ann, "deny_all")
    assert ann("GET", ann.path).status_code == 403
    assert client.get(ann.path, headers={"Cache-Control": "no-cache"}).status_code == 404
    assert house.root("DELETE", f"{ann.path}/roles/deny_all").status_code == 204
    assert house.root("DELETE", f"{ann.path}/roles/contributor").status_code == 204
    assert ann("GET", ann.path).json["roles"] == ["customer"]


@pytest.mark.parametrize(
    ("role", "code"),
    [("emperor", 422), ("team_owner", 409), ("contributor_pending", 409), ("super_admin", 403)],
)
def test_a_role_that_is_not_an_administrators_to_give_is_refused(house: House, role: str, code: int) -> None:
    assert house.give(house.somebody("plain"), role).status_code == code


def test_nobody_changes_their_own_roles(house: House) -> None:
    assert house.give(house.root, "deny_all").status_code == 409
    assert house.root("DELETE", f"{house.root.path}/roles/admin").status_code == 409


def test_what_is_below_a_person_is_theirs(house: House) -> None:
    ann, bob = house.somebody("below"), house.somebody("beside")
    made = ann("POST", f"{ann.path}/addresses", {"addressLine1": "Rua 1", "country": "pt"})
    assert (made.status_code, made.json["country"]) == (201, "PT")
    assert made.json["userId"] == str(ann.user.uuid)
    address = made.headers["Location"]
    assert ann("GET", address).json == made.json
    assert ann("PATCH", address, {"city": "Porto"}).json["city"] == "Porto"
    for path in (address, f"{ann.path}/addresses"):
        assert bob("GET", path).status_code == 404
    number = made.json["id"]
    assert house.root("GET", f"{bob.path}/addresses/{number}").status_code == 404
    assert house.root("GET", f"{bob.path}/addresses").json["items"] == []
    wrong = ann("PATCH", address, {"website": "javascript:alert(1)"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "website")
    assert ann("DELETE", address).status_code == 204
    assert ann("GET", f"{ann.path}/addresses").json["items"] == []


def test_a_cursor_opens_the_list_of_one_person_alone(house: House) -> None:
    ann, bob = house.somebody("paging"), house.somebody("other")
    for number in range(3):
        ann("POST", f"{ann.path}/socials", {"label": str(number), "url": "https://example.com"})
    page = ann("GET", f"{ann.path}/socials?limit=2").json
    token = page["page"]["next"]
    following = ann("GET", f"{ann.path}/socials?limit=2&cursor={token}").json
    assert [link["label"] for link in page["items"] + following["items"]] == ["2", "1", "0"]
    assert bob("GET", f"{bob.path}/socials?limit=2&cursor={token}").json["code"] == "invalid-cursor"


def test_a_further_address_is_proven_before_it_is_used(house: House, client: FlaskClient) -> None:
    ann = house.somebody("mover")
    made = ann("POST", f"{ann.path}/emails", {"email": "New@example.com"})
    assert (made.status_code, made.json["email"], made.json["isVerified"]) == (201, "new@example.com", False)
    address = made.headers["Location"]
    assert ann("PATCH", address, {"isActive": True}).status_code == 409
    with house.shelf.database.unit_of_work(SYSTEM) as work:
        letter = Letters(work).to_verify_address(made.json["id"])
    assert letter
    assert client.post("/api/v1/verifications", json={"token": letter.token}).status_code == 200
    assert ann("PATCH", address, {"isActive": True}).json["isActive"] is True
    assert ann("GET", ann.path).json["email"] == "new@example.com"
    assert ann("DELETE", address).status_code == 409
    old = next(each for each in ann("GET", f"{ann.path}/emails").json["items"] if not each["isActive"])
    assert ann("DELETE", f"{ann.path}/emails/{old['id']}").status_code == 204


def test_a_keys_text_is_shown_once_and_opens_until_it_is_revoked(house: House, client: FlaskClient) -> None:
    ann = house.somebody("keeper")
    made = ann("POST", "/api/v1/api-keys", {"name": "Tool", "scopes": ["account:read"]})
    assert made.headers["Cache-Control"] == "no-store"
    text, address = made.json["key"], made.headers["Location"]
    kept = ann("GET", address).json
    assert made.json == {**kept, "key": text}
    assert "digest" not in kept

    def by_key(method: str, path: str, body: Any = None) -> Any:
        return client.open(path, method=method, json=body, headers={"Authorization": f"Bearer {text}"})

    assert by_key("GET", ann.path).json["username"] == "keeper"
    for method, path, body in (
        ("POST", "/api/v1/api-keys", {"name": "Another", "scopes": ["account:read"]}),
        ("PATCH", ann.path, {"firstName": "X"}),
        ("DELETE", ann.path, None),
        ("DELETE", f"{ann.path}/sessions", None),
    ):
        assert by_key(method, path, body).status_code == 403
    assert ann("DELETE", address).status_code == 204
    assert by_key("GET", ann.path).status_code == 401
    assert ann("GET", address).json["revokedAt"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes.0"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
        ({"expiresAt": "2099-01-01T00:00:00"}, "expiresAt"),
    ],
)
def test_a_wrong_field_of_a_key_is_named(house: House, changes: dict[str, Any], field: str) -> None:
    given = {"name": "Tool", "scopes": ["account:read"], **changes}
    refused = house.somebody("keeper")("POST", "/api/v1/api-keys", given)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)


def test_who_applies_is_declined_applies_again_and_is_approved(house: House) -> None:
    ann = house.somebody("applicant")
    made = ann("POST", "/api/v1/contributor-details", {"companyName": "Ours"})
    address = made.headers["Location"]
    assert ann("GET", ann.path).json["roles"] == ["contributor_pending", "customer"]
    waiting = house.root("GET", f"/api/v1/contributor-details?status=pending&userId={ann.user.uuid}")
    assert [each["companyName"] for each in waiting.json["items"]] == ["Ours"]
    assert house.root("POST", f"{address}/refusal", {"reason": ""}).status_code == 422
    house.root("POST", f"{address}/refusal", {"reason": "Show us more."})
    declined = ann("GET", address).json
    assert (declined["status"], declined["reason"]) == ("declined", "Show us more.")
    assert ann("PATCH", address, {"status": "approved"}).status_code == 422
    again = ann("POST", "/api/v1/contributor-details", {"assetLinks": "https://example.com"})
    assert (again.headers["Location"], again.json["status"]) == (address, "pending")
    for _ in range(2):
        assert house.root("POST", f"{address}/approval").json["status"] == "approved"
    assert ann("GET", ann.path).json["roles"] == ["contributor", "customer"]
    assert house.root("POST", f"{address}/refusal", {"reason": "Too late."}).status_code == 409


def test_the_owner_says_who_belongs_to_a_team(house: House) -> None:
    owner, member, stranger = (house.somebody(name) for name in ("owner", "member", "stranger"))
    team = house.team(owner, "Team one")
    joined = owner("POST", f"{team}/members", {"username": "Member"}).json
    assert [person["username"] for person in joined["members"]] == ["owner", "member"]
    assert joined["owner"]["id"] == joined["userId"] == str(owner.user.uuid)
    assert member("GET", team).json == joined
    assert stranger("GET", team).status_code == 404
    assert member("POST", f"{team}/members", {"username": "stranger"}).status_code == 403
    assert owner("DELETE", f"{team}/members/{owner.user.uuid}").status_code == 409
    nobody = owner("POST", f"{team}/members", {"username": "nobody-there"})
    assert (nobody.status_code, nobody.json["errors"][0]["field"]) == (422, "username")
    assert member("DELETE", f"{team}/members/{member.user.uuid}").status_code == 204
    assert member("GET", team).status_code == 404


def test_a_team_is_handed_on_and_given_up(house: House) -> None:
    owner, heir = house.somebody("giver"), house.somebody("heir")
    team = house.team(owner, "Team two")
    to_the_heir = {"userId": str(heir.user.uuid)}
    assert owner("PUT", f"{team}/owner", to_the_heir).status_code == 409
    owner("POST", f"{team}/members", {"username": "heir"})
    assert owner("PUT", f"{team}/owner", to_the_heir).json["owner"]["username"] == "heir"
    assert owner("PATCH", team, {"name": "Mine"}).status_code == 403
    assert heir("PATCH", team, {"name": "Ours"}).json["name"] == "Ours"
    assert heir("GET", "/api/v1/teams").json["items"][0]["members"]
    assert heir("DELETE", team).status_code == 204
    assert "team_owner" not in heir("GET", heir.path).json["roles"]


def test_people_see_their_own_attempts_to_sign_in_and_administrators_all(
    house: House, client: FlaskClient
) -> None:
    ann, bob = house.somebody("watched"), house.somebody("watching")
    for password in ("wrong", "Correct-horse-1"):
        client.post("/api/v1/tokens", json={"email": ann.user.email, "password": password})
    mine = ann("GET", "/api/v1/login-history").json["items"]
    assert [(each["status"], each["userId"]) for each in mine] == [
        ("SUCCESS", str(ann.user.uuid)),
        ("FAILED", str(ann.user.uuid)),
    ]
    assert bob("GET", "/api/v1/login-history").json["items"] == []
    failed = f"/api/v1/login-history?status=FAILED&email={ann.user.email}"
    assert [each["reason"] for each in house.root("GET", failed).json["items"]] == ["wrong-password"]
    unknown = house.root("GET", "/api/v1/login-history?userId=00000000-0000-4000-8000-000000000000")
    assert (unknown.status_code, unknown.json["errors"][0]["field"]) == (422, "userId")


def test_the_audit_trail_says_who_did_what_in_which_request(house: House) -> None:
    ann = house.somebody("trailed")
    house.root("PUT", f"{ann.path}/roles/contributor", X_Request_Id="the-request-1")
    trail = house.root("GET", "/api/v1/event-histories?traceId=the-request-1").json["items"]
    assert [each["name"] for each in trail] == ["user.after.assign-role", "user.before.assign-role"]
    assert {each["actor"] for each in trail} == {f"user:{house.root.user.uuid}"}


def test_a_number_larger_than_any_row_has_is_not_found(client: FlaskClient) -> None:
    assert client.get(f"/api/v1/team-types/{10**30}").status_code == 404
