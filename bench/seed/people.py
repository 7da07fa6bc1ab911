"""Contributors and buyers. None has a password: nobody can sign in as somebody who was made up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from bench.seed import text
from bench.seed.scale import BEGIN, Scale
from bench.seed.tables import Table

CONTRIBUTOR_ROLE, CUSTOMER_ROLE = "contributor", "customer"
_FIRST = """
    Ada Amal Amina Anders Anna Ayo Beatriz Bruno Carla Chen Dana Diego Elif Emma Eva Farah Felix Grace Hana
    Hugo Ines Ivan Jana Joao Jonas Kaia Kenji Lea Lena Liam Lucia Maja Malik Marta Mei Milan Nadia Nia Noah
    Olga Omar Paula Pavel Priya Rafael Rosa Sami Sara Sofia Tariq Theo Uma Vera Wei Yara Yusuf Zoe
"""
_LAST = """
    Abe Adler Aziz Baker Bauer Berg Bianchi Castro Costa Cruz Dahl Diaz Dubois Eriksen Evans Farkas Fischer
    Garcia Gupta Haas Hansen Ito Ivanov Jansen Kaya Kim Klein Kowalski Lang Leroy Lopez Maier Mbeki Meyer
    Moreau Nakamura Novak Okafor Olsen Park Patel Pereira Petrov Popa Ramos Rossi Sato Silva Singh Smith Sousa
    Tanaka Torres Vargas Vogel Wagner Walker Weber Wong Yilmaz Zhang
"""
FIRST, LAST = _FIRST.split(), _LAST.split()
COLUMNS = (
    "id", "uuid", "email", "username", "display_name", "first_name", "last_name", "is_verified",
    "verified_at", "created_at", "updated_at",
)  # fmt: skip


def username(number: int) -> str:
    """The user name of person *number* (from 1)."""
    first, last = _named(number)
    return f"{first}.{last}{number}".lower()


def people(scale: Scale, roles: Mapping[str, int]) -> list[Table]:
    """Everybody, contributors first, with their role; *roles* are the ids by value."""
    number = scale.contributors + scale.buyers
    return [
        Table("users", COLUMNS, number, _users(number)),
        Table(
            "user_to_roles",
            ("id", "user_id", "user_role_id", "created_at", "updated_at"),
            number,
            _roles(scale, roles),
        ),
    ]


def _named(number: int) -> tuple[str, str]:
    return FIRST[number * 31 % len(FIRST)], LAST[number * 17 % len(LAST)]


def _users(number: int) -> Iterator[str]:
    joined = BEGIN.isoformat()
    for id_ in range(1, number + 1):
        first, last = _named(id_)
        name = username(id_)
        uuid = UUID(text.digest(name)[:32], version=4)
        yield (
            f"{id_}\t{uuid}\t{name}@example.com\t{name}\t{first} {last}\t{first}\t{last}\tt\t"
            f"{joined}\t{joined}\t{joined}\n"
        )


def _roles(scale: Scale, roles: Mapping[str, int]) -> Iterator[str]:
    joined = BEGIN.isoformat()
    for id_ in range(1, scale.contributors + scale.buyers + 1):
        role = roles[CONTRIBUTOR_ROLE if id_ <= scale.contributors else CUSTOMER_ROLE]
        yield f"{id_}\t{id_}\t{role}\t{joined}\t{joined}\n"
