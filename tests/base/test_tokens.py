"""Signed statements: access tokens of people, assertions of our own programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from time_machine import travel

from local.valkey import Valkey
from tests.base.world import World
from vectoricons.auth import access_tokens, client_assertions
from vectoricons.auth.access_tokens import AccessTokens
from vectoricons.auth.client_assertions import TrustedClients
from vectoricons.auth.sign_in import SignIn
from vectoricons.common.errors import Unauthenticated
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.users import User

OLD, NEW = "the old key, of thirty-two letters", "the new key, of thirty-two letters"
TOKENS = AccessTokens([NEW])
SECRET = "a secret that two programs share"


@pytest.fixture
def ann(work: UnitOfWork) -> User:
    return World(work).user()


@pytest.fixture
def clients(valkey_server: Valkey) -> Iterator[TrustedClients]:
    valkey = Redis.from_url(valkey_server.url)
    yield TrustedClients("api", {"storefront": SECRET, "studio": SECRET[::-1]}, valkey)
    valkey.close()


class TestAccessTokens:
    """JWTs."""

    def test_says_whose_it_is_until_it_is_revoked(self, work: UnitOfWork, ann: User) -> None:
        claims = TOKENS.read(TOKENS.issue(ann))
        assert (claims.uuid, claims.token_version) == (ann.uuid, ann.token_version)
        door = SignIn(work)
        assert door.resume(claims.uuid, claims.token_version).id == ann.id
        door.sign_out(ann)
        with pytest.raises(Unauthenticated):
            door.resume(claims.uuid, claims.token_version)

    def test_lives_for_a_quarter_of_an_hour(self, ann: User) -> None:
        token = TOKENS.issue(ann)
        with travel(datetime.now(UTC) + timedelta(minutes=14), tick=False):
            assert TOKENS.read(token)
        with (
            travel(datetime.now(UTC) + timedelta(minutes=16), tick=False),
            pytest.raises(Unauthenticated, match="expired"),
        ):
            TOKENS.read(token)

    def test_of_the_key_before_is_still_taken(self, ann: User) -> None:
        token = AccessTokens([OLD]).issue(ann)
        assert AccessTokens([OLD, NEW]).read(token).uuid == ann.uuid
        with pytest.raises(Unauthenticated):
            TOKENS.read(token)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(place=st.integers(min_value=0), letter=st.sampled_from("AQgw_-z9."))
    def test_with_any_letter_changed_is_none(self, ann: User, place: int, letter: str) -> None:
        token = TOKENS.issue(ann)
        place %= len(token)
        changed = token[:place] + letter + token[place + 1 :]
        if changed == token or place == len(token) - 1:  # the last letter of base64 has bits that say nothing
            return
        with pytest.raises(Unauthenticated):
            TOKENS.read(changed)

    @pytest.mark.parametrize("missing", ["sub", "ver", "iat", "exp", "aud"])
    def test_lacks_nothing(self, ann: User, missing: str) -> None:
        whole = jwt.decode(TOKENS.issue(ann), options={"verify_signature": False})
        del whole[missing]
        with pytest.raises(Unauthenticated):
            TOKENS.read(jwt.encode(whole, NEW, algorithm=access_tokens.ALGORITHM))

    def test_unsigned_is_none(self, ann: User) -> None:
        whole = jwt.decode(TOKENS.issue(ann), options={"verify_signature": False})
        for forged in (jwt.encode(whole, None, algorithm="none"), "", "a.b.c", "é"):
            with pytest.raises(Unauthenticated, match="no access token"):
                TOKENS.read(forged)


class TestClientAssertions:
    """Programs that call one another."""

    def test_tells_which_program_it_is_once(self, clients: TrustedClients) -> None:
        assertion = client_assertions.sign("storefront", SECRET, audience="api")
        assert clients.identify(assertion) == "storefront"
        with pytest.raises(Unauthenticated):
            clients.identify(assertion)

    def test_lives_for_half_a_minute(self, clients: TrustedClients) -> None:
        assertion = client_assertions.sign("storefront", SECRET, audience="api")
        with travel(datetime.now(UTC) + timedelta(seconds=31), tick=False), pytest.raises(Unauthenticated):
            clients.identify(assertion)

    @pytest.mark.parametrize(
        ("client", "secret", "audience"),
        [
            ("storefront", SECRET[::-1], "api"),
            ("studio", SECRET, "api"),
            ("stranger", SECRET, "api"),
            ("storefront", SECRET, "worker"),
        ],
    )
    def test_of_nobody_we_trust_or_for_another_is_refused(
        self, clients: TrustedClients, client: str, secret: str, audience: str
    ) -> None:
        with pytest.raises(Unauthenticated):
            clients.identify(client_assertions.sign(client, secret, audience=audience))

    def test_that_wants_to_live_longer_is_refused(self, clients: TrustedClients) -> None:
        now = datetime.now(UTC)
        claims = {"iss": "storefront", "aud": "api", "iat": now, "exp": now + timedelta(hours=1), "jti": "1"}
        with pytest.raises(Unauthenticated):
            clients.identify(jwt.encode(claims, SECRET, algorithm=client_assertions.ALGORITHM))
        with pytest.raises(Unauthenticated):
            clients.identify("nonsense")

    def test_secrets_are_long_enough(self, clients: TrustedClients) -> None:
        with pytest.raises(ValueError, match="weak is shorter"):
            TrustedClients("api", {"weak": "short"}, clients.valkey)
