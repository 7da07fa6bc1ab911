"""The page: the steps of the walk, what to say of each, and the ledger after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

from tests.base.money import unkept
from tests.walkthrough.walk import SECRET, Walk
from vectoricons.common.database import Database
from vectoricons.stripe.gateway import StripeGateway, StripeSettings

PAGE = Path(__file__).parents[2] / "docs" / "walkthrough.md"

INTRODUCTION = """\
# A walk through the marketplace

A day of Ann, who draws, and Ben, who buys, on an empty database. `make walkthrough` has it happen again and
writes this page: the money stands in the tables because it was posted there. Under each step is what it
moved, and every account that is not empty then. A credit raises a balance, so what the house owes or has
earned is above zero and what lies at the payment processor below; together they are always nothing.
"""

ENTRIES = text("""
    select entry.transaction_category as why, coalesce(users.display_name, 'the house') as whose,
        entry.account_label as account, entry.amount * entry.transaction_type_operation as moved,
        -- what the processor calls a charge is another name each time
        case when entry.memo like 'pi\\_%' then 'to the charge' else coalesce(entry.memo, '') end as memo
    from transactions_view entry left join users on users.id = entry.user_id
    where entry.id > :after order by entry.id
""")
BALANCES = text("""
    select coalesce(users.display_name, 'the house') as whose, account.label as account, account.balance
    from accounts account left join users on users.id = account.user_id
    where account.balance <> 0 order by account.user_id nulls first, account.label
""")


@dataclass(frozen=True, slots=True)
class Step:
    """A heading, what to say of it, and what happens, which tells in a sentence what came of it."""

    title: str
    words: str
    happens: Callable[[Walk], str]


STEPS = (
    Step(
        "A contributor is approved",
        "Ann applies to sell; Olga, an administrator, approves her.",
        Walk.apply_and_be_approved,
    ),
    Step(
        "She uploads",
        "A ZIP of four drawings is taken in and settled as the workers do it.",
        Walk.upload,
    ),
    Step(
        "A buyer uses a coupon",
        "Ben puts the set into his cart and names a coupon of 25 %. The server prices the cart; checkout\n"
        "freezes the price in an order.",
        Walk.order,
    ),
    Step(
        "He pays by test card",
        "Ben's browser confirms the payment, and Stripe tells of it by a signed webhook; twice, as it may.\n"
        "The charge comes in on Ben's pay-as-you-go account and leaves it for what he bought: 60 % to Ann,\n"
        "40 % to the house.",
        Walk.pay,
    ),
    Step(
        "He downloads",
        "The set covers every drawing in it. The link is logged in the transaction that gives it.",
        Walk.download,
    ),
    Step(
        "The contributor asks for her money",
        "What Ann asks for leaves her earnings at once and is held for her: she cannot ask for it again.",
        Walk.cash_out,
    ),
    Step("She is paid", "Olga approves the request and pays. Now the money leaves the house.", Walk.pay_out),
    Step(
        "A refund is made",
        "Olga refunds the order. The house gives its commission back, and Ann what is left of her share;\n"
        "what she was paid out already the house bears. The money is owed to Ben's card until it is sent,\n"
        "and what he bought is his no more.",
        Walk.refund,
    ),
    Step(
        "It is sent to the card",
        "Stripe is asked between transactions and under a key, so that asking again sends nothing.",
        Walk.send_back,
    ),
)


def walked(database: Database, stripe_url: str) -> str:
    """The page, by a walk on an empty, migrated *database*."""
    settings = StripeSettings(
        secret_key=SecretStr("sk_test_ofthewalkthrough"),
        webhook_secret=SecretStr(SECRET),
        api_base=stripe_url,
    )
    walk = Walk(database, StripeGateway(settings))
    parts = [INTRODUCTION]
    for number, step in enumerate(STEPS, 1):
        before = walk.last_entry()
        said = step.happens(walk)
        parts += [f"## {number}. {step.title}\n", f"{step.words}\n", f"> {said}\n", *_ledger(walk, before)]
    return "\n".join(parts)


def _ledger(walk: Walk, before: int) -> list[str]:
    """The entries after *before*, and the balances. Both sum to zero, or there is no page."""
    with walk.acting() as work:
        entries = work.session.execute(ENTRIES, {"after": before}).all()
        balances = work.session.execute(BALANCES).all()
        assert unkept(work) == []
    assert sum(one.moved for one in entries) == sum(one.balance for one in balances) == 0
    moved = [
        f"| {one.why} | {one.whose} | {one.account} | {one.moved:+.2f} | {one.memo} |" for one in entries
    ]
    held = [f"| {one.whose} | {one.account} | {one.balance:.2f} |" for one in balances]
    together = f"| **together** | | **{sum((one.balance for one in balances), Decimal(0)):.2f}** |"
    return [
        *_table("| why | whose | account | moved | |\n|---|---|---|---:|---|", moved),
        *_table("| whose | account | balance |\n|---|---|---:|", [*held, together] if held else []),
    ] or ["No money has moved yet.\n"]


def _table(head: str, lines: Iterable[str]) -> list[str]:
    rows = list(lines)
    return ["\n".join([head, *rows]) + "\n"] if rows else []
