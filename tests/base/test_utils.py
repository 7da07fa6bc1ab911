"""Inputs: what comes from outside is parsed once, and refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field, ValidationError

from vectoricons.utils import Input, InvalidInput, Line, PublicId, Word, Words


class Order(Input):
    """What these tests send."""

    icon_id: PublicId = Field(description="It is the id of an icon: 12 letters and digits.")
    how_many: int = Field(1, ge=1, description="It is how many: 1 or more.")
    note: Line | None = Field(None, description="It is a line of text.")
    word: Word | None = Field(None, description="It is a word.")
    tags: Words | None = Field(None, description="It is tags with commas.")


GOOD: dict[str, Any] = {"iconId": "abcdefghjkmn"}


def problems(**changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        Order.model_validate({**GOOD, **changes})
    return {error["field"]: error["detail"] for error in refused.value.extra["errors"]}


def test_what_is_right_is_parsed_and_frozen() -> None:
    order = Order.model_validate({**GOOD, "howMany": "3", "note": "  soon  "})
    assert (order.icon_id, order.how_many, order.note) == ("abcdefghjkmn", 3, "soon")
    with pytest.raises(ValidationError, match="frozen"):
        order.how_many = 4


def test_words_are_put_in_one_order_so_that_one_list_has_one_name() -> None:
    assert Order.model_validate({**GOOD, "tags": "Up, down,,up"}).tags == "down,up"


def test_what_is_missing_is_named_with_its_meaning() -> None:
    with pytest.raises(InvalidInput, match=r'"iconId" is missing\. It is the id of an icon'):
        Order.model_validate({})


def test_what_is_not_known_is_named_with_what_is() -> None:
    assert problems(colour="red") == {
        "colour": '"colour" is not known here. Take it out; '
        'known are "iconId", "howMany", "note", "word", "tags".'
    }


def test_each_wrong_field_is_told_of() -> None:
    found = problems(howMany=0, iconId="ABC", word="")
    assert set(found) == {"howMany", "iconId", "word"}
    assert found["howMany"].startswith('"howMany" is wrong: input should be greater than or equal to 1.')
    assert found["howMany"].endswith("It is how many: 1 or more.")


def test_the_first_problem_says_how_many_follow() -> None:
    with pytest.raises(InvalidInput, match=r"\(1 more below\)"):
        Order.model_validate({"howMany": 0})


def test_a_nul_character_is_refused_before_postgres_sees_it() -> None:
    assert "holds a NUL character" in problems(note="a\0b")["note"]


@pytest.mark.parametrize("unseen", ["\n", "\r\n", "\t", "\x1b", "\x85", "\u2028", "\u202e", "\u2066"])
def test_a_line_is_one_line_and_shows_all_it_holds(unseen: str) -> None:
    assert f"U+{ord(unseen[0]):04X}" in problems(note=f"a{unseen}b")["note"]
    assert Order.model_validate({**GOOD, "note": "Łódź, café \u200d 家"}).note


@pytest.mark.parametrize("body", [None, [], "text", 7])
def test_what_is_no_object_is_said_to_be_none(body: object) -> None:
    with pytest.raises(InvalidInput, match="The body must be a JSON object with"):
        Order.model_validate(body)
