"""Letters: every template can be filled, and nothing a person typed changes one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from vectoricons.common.plugins import templates

SAMPLES: dict[str, Any] = {
    "coupon_code": "ABCD1234", "amount": Decimal("10.00"), "percentage": 50, "plan": "Pro", "order_id": 9,
    "quantity": 50, "message": "Hello {there}", "username": "ann", "set_name": "Arrows", "period": "May",
    "reason": "no account",
}  # fmt: skip


@pytest.mark.parametrize("name", templates.names())
def test_every_letter_can_be_written(name: str) -> None:
    given = {field: SAMPLES[field] for field in templates.named(name).model_fields}
    words = templates.filled(name, given).words(
        to="Ann", site="https://icons.example", link="https://icons.example/x#t", code="t"
    )
    assert words.text.startswith("Hello Ann,\n\n")
    assert words.text.endswith("VectorIcons\nhttps://icons.example\n")
    assert words.subject
    assert "\n" not in words.subject


def test_the_letters_of_the_marketplace_are_all_there() -> None:
    assert len(templates.names()) == 24


def test_what_a_person_typed_cannot_change_a_letter() -> None:
    written = templates.ContactForm(message="{site} {link} {0}")
    assert "{site} {link} {0}" in written.words(to="{to}", site="https://icons.example").text
