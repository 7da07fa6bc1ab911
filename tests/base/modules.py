"""``make modules``: the register of the domain, and how each of its modules is proven.

A module with a table counts the cases of the contracts it went through; one without, or with a view, the
tests of its own behaviour. The last line is JSON for programs.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from vectoricons import register
from vectoricons.common import migrate
from vectoricons.register import REGISTER, Module

HERE = Path(__file__).parent
CONTRACTS = ("test_entities.py", "test_repositories.py", "test_services.py", "test_views.py")

# Where the behaviour of a module is proven that no contract speaks of. Names are of files in this folder.
BEHAVIOUR: Mapping[str, tuple[str, ...]] = {
    "auth": ("test_registration.py", "test_sign_in.py", "test_tokens.py", "test_identity_races.py"),
    "images/image-processors": ("test_images.py",),
    "images/previews": ("test_images.py",),
    "products": ("test_catalogue.py",),
    "common": ("test_unit_of_work.py", "test_cursor.py", "test_process.py", "test_heartbeat.py"),
    "common/access-control": ("test_access_control.py",),
    "common/cache": ("test_cache.py",),
    "common/event-bus": ("test_event_bus.py",),
    "aws/s3": ("test_s3.py",),
    "aws/sns": ("test_sns_and_sqs.py",),
    "aws/sqs": ("test_sns_and_sqs.py",),
    "common/mixins/entity": ("test_mixins.py",),
    "coupon-codes/validators": ("test_coupon_codes.py", "test_money_laws.py"),
    "products/purchased-items": ("test_purchases.py",),
    "products/subscriptions": ("test_subscription_plans.py",),
    "common/mixins/repository": ("test_cursor.py",),
    "common/mixins/service": ("test_services.py",),
    "common/observability": ("test_observability.py", "test_breaker.py"),
    "common/plugins": ("test_effects.py", "test_delivery.py", "test_letters.py", "test_postman.py"),
    "config": ("test_config.py",),
    "email-histories/db": ("test_postman.py",),
    "utils": ("test_utils.py",),
    "stripe": ("test_stripe.py",),
    "transactions/transactions-view": ("test_transactions_view.py",),
}


class Passed:
    """Counts, as a plugin of pytest, the cases that passed of each module, and the others of all."""

    def __init__(self) -> None:
        self.cases: Counter[str] = Counter()
        self.total = 0  # a case that says something of two modules is one case
        self.broken: list[str] = []
        self._of: dict[str, tuple[str, ...]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Remember which module each case is about."""
        self._of = {item.nodeid: tuple(dict.fromkeys(_subjects(item))) for item in items}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count it."""
        if report.failed:
            self.broken.append(report.nodeid)
        elif report.when == "call" and report.passed:
            about = self._of[report.nodeid]
            self.cases.update(about)
            self.total += bool(about)


def main() -> None:
    """Run the suites, print the register."""
    passed = Passed()
    named = {*CONTRACTS, *(name for names in BEHAVIOUR.values() for name in names)}
    files = sorted(str(path) for path in HERE.rglob("test_*.py") if path.name in named)
    with redirect_stdout(sys.stderr):
        pytest.main(["-q", "-n0", "--no-header", "-p", "no:randomly", *files], [passed])
    migrate.metadata()  # imports every module there is
    for module in REGISTER:
        print(_line(module, passed.cases[module.path]))
    there = [module for module in REGISTER if _is_there(module)]
    print(
        f"{len(there)} of {len(REGISTER)} modules, {passed.total:,} cases passed, {len(passed.broken)} failed"
    )
    print(json.dumps({"modules": len(there), "cases": passed.total, "failed": len(passed.broken)}))
    sys.exit(1 if passed.broken or len(there) < len(REGISTER) else 0)


def _subjects(item: pytest.Item) -> Iterable[str]:
    """Paths of the modules that *item* says something of."""
    parameters: Mapping[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
    for value in parameters.values():
        service = getattr(value, "service", None)
        found = register.owner(service.__module__) if isinstance(service, type) else None
        if found:
            yield found.path
    for path, names in BEHAVIOUR.items():
        if item.path.name in names:
            yield path


def _is_there(module: Module) -> bool:
    try:
        module.load()
    except ModuleNotFoundError:
        return False
    return True


def _line(module: Module, cases: int) -> str:
    if not _is_there(module):
        return f"{module.number:>2}  {module.path:<44} {module.table or '-':<30} not there"
    told = ", ".join(module.events()) or "-"
    return (
        f"{module.number:>2}  {module.path:<44} {module.table or '-':<30} {cases:>4} cases\n"
        f"      can {', '.join(module.capabilities()) or '-'}\n      tells {told}"
    )


if __name__ == "__main__":
    main()
