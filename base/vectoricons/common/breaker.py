"""Circuit breakers: who does not answer is left alone for a while, and whoever asks is told at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pybreaker import CircuitBreaker, CircuitBreakerError, CircuitBreakerListener, CircuitBreakerState

from vectoricons.common import log
from vectoricons.common.errors import Unavailable

T = TypeVar("T")

FAILURES = 5
REST = 30.0  # seconds

logger = log.get(__name__)


class _Logged(CircuitBreakerListener):
    """Says when a breaker opens and closes."""

    def state_change(
        self, cb: CircuitBreaker, old_state: CircuitBreakerState | None, new_state: CircuitBreakerState
    ) -> None:
        logger.warning("breaker", of=cb.name, state=new_state.name)


class Breaker:
    """Lets calls to *name* through until five in a row failed; then none for *rest* seconds, then one to try.

    An error that *is_answer* says yes to is an answer: whoever gave it is there.
    """

    def __init__(
        self, name: str, *, rest: float = REST, is_answer: Callable[[BaseException], bool] = lambda _: False
    ) -> None:
        self._name = name
        self._breaker = CircuitBreaker(
            fail_max=FAILURES,
            reset_timeout=rest,
            exclude=[is_answer],
            listeners=[_Logged()],
            name=name,
            throw_new_error_on_trip=False,
        )

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """What *function* returns. Raises Unavailable, without calling it, while the breaker is open."""
        try:
            answer: T = self._breaker.call(function, *arguments)
        except CircuitBreakerError:
            raise Unavailable(
                f"{self._name} has not answered lately: it is left alone for a while."
            ) from None
        return answer
