"""What time alone ends: subscriptions, carts, answers that were kept; and refunds, sent to their cards.

Each duty is a transaction of its own, and safe to be done by several at once. One that fails is tried again
in the next round, and keeps no other from being done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from threading import Event

from sqlalchemy.exc import OperationalError

from vectoricons.carts import CartService
from vectoricons.common import idempotency, log
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.rounds import rounds
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.stripe import Payments
from vectoricons.users.users_to_subscription_plans import SubscriptionService

EVERY = 60  # seconds

logger = log.get(__name__)

DUTIES: Mapping[str, Callable[[UnitOfWork], int]] = {
    "subscriptions": lambda work: SubscriptionService(work).expire(),
    "carts": lambda work: CartService(work).expire(),
    "idempotency-keys": idempotency.forget,
}


class Housekeeping:
    """Does it once a minute."""

    def __init__(self, database: Database, payments: Payments) -> None:
        self._database = database
        self._payments = payments
        self._actor = Actor.system("worker-reaper")

    def beside(self, stop: Event) -> AbstractContextManager[None]:
        """Do it for as long as the block runs; ends with *stop*."""
        return rounds("housekeeping", self.run_once, every=EVERY, stop=stop)

    def run_once(self) -> Mapping[str, int]:
        """How much was done, by duty."""
        done = {name: self._try(name, partial(self._do, duty)) for name, duty in DUTIES.items()}
        return {**done, "refunds": self._try("refunds", self._payments.send_refunds)}

    def _do(self, duty: Callable[[UnitOfWork], int]) -> int:
        with self._database.unit_of_work(self._actor) as work:
            return duty(work)

    @staticmethod
    def _try(name: str, go: Callable[[], int]) -> int:
        try:
            done = go()
        except OperationalError:
            raise
        except Exception:  # a refund that Stripe refuses must not keep subscriptions from ending
            logger.exception("housekeeping-failed", duty=name, again_in_seconds=EVERY)
            return 0
        if done:
            logger.info("housekeeping", duty=name, done=done)
        return done
