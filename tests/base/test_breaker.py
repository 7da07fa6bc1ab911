"""Circuit breakers: who does not answer is left alone, and tried again after a rest."""

from __future__ import annotations

import contextlib

import pytest

from vectoricons.common.breaker import FAILURES, Breaker
from vectoricons.common.errors import Unavailable


class Partner:
    """Somebody who is asked, and answers or does not."""

    def __init__(self) -> None:
        self.asked = 0
        self.error: Exception | None = ConnectionError("away")

    def __call__(self, question: str) -> str:
        self.asked += 1
        if self.error:
            raise self.error
        return question.upper()


def exhaust(breaker: Breaker, partner: Partner) -> None:
    for _ in range(FAILURES):
        with pytest.raises(ConnectionError):
            breaker.call(partner, "there?")


def test_an_answer_is_passed_on() -> None:
    partner = Partner()
    partner.error = None
    assert Breaker("partner").call(partner, "there?") == "THERE?"


def test_after_five_failures_nobody_is_asked_any_more() -> None:
    breaker, partner = Breaker("The partner"), Partner()
    exhaust(breaker, partner)
    with pytest.raises(Unavailable, match="The partner has not answered lately"):
        breaker.call(partner, "there?")
    assert partner.asked == FAILURES


def test_a_success_between_failures_starts_the_count_anew() -> None:
    breaker, partner = Breaker("partner"), Partner()
    for error in (partner.error,) * (FAILURES - 1) + (None,) + (partner.error,) * (FAILURES - 1):
        partner.error = error
        with contextlib.suppress(ConnectionError):
            breaker.call(partner, "there?")
    partner.error = None
    assert breaker.call(partner, "there?") == "THERE?"


def test_after_its_rest_one_call_tries() -> None:
    breaker, partner = Breaker("partner", rest=0), Partner()
    exhaust(breaker, partner)
    with pytest.raises(ConnectionError):
        breaker.call(partner, "still away?")
    partner.error = None
    assert breaker.call(partner, "back?") == "BACK?"
    assert breaker.call(partner, "there?") == "THERE?"


def test_a_refusal_is_an_answer() -> None:
    breaker = Breaker("partner", is_answer=lambda error: isinstance(error, ValueError))
    partner = Partner()
    partner.error = ValueError("no such address")
    for _ in range(FAILURES + 1):
        with pytest.raises(ValueError, match="no such address"):
            breaker.call(partner, "there?")
