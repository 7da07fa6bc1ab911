"""What happens on the walk: every step done by the services that do it in production."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from uuid import uuid4

import stripe
from pydantic import SecretStr
from sqlalchemy import text

from vectoricons.carts import CartService
from vectoricons.cashout_requests import CashoutMethod, CashoutRequestService
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config.enums import Role
from vectoricons.coupon_codes import CouponCodeService
from vectoricons.downloads import DownloadService, Wanted
from vectoricons.orders import Order
from vectoricons.orders.checkout import Checkout
from vectoricons.products.icons import IconRepository
from vectoricons.products.open_icons import Body
from vectoricons.products.sets import SetRepository
from vectoricons.stripe import Payments
from vectoricons.stripe.gateway import StripeGateway, cents
from vectoricons.stripe.webhooks import Webhooks
from vectoricons.transactions.refunds import Refunds
from vectoricons.uploads.acceptance import Acceptance
from vectoricons.uploads.batches import UploadBatchService
from vectoricons.uploads.items import UploadItem, UploadItemService
from vectoricons.uploads.plan import File, Plan, PlannedFamily, PlannedSet
from vectoricons.uploads.publication import Publication
from vectoricons.uploads.settlement import Drawn, Outcome, Settlement
from vectoricons.users import User, UserRepository
from vectoricons.users.contributor_details import ContributorDetailService
from vectoricons.users.user_roles import UserRoleRepository
from vectoricons.users.user_to_roles import UserToRoleService

SYSTEM = Actor.system("walkthrough")
SECRET = "whsec_of_the_walkthrough"


class Walk:
    """The people of the walk-through and the database they live in."""

    def __init__(self, database: Database, gateway: StripeGateway) -> None:
        self.database = database
        self.payments = Payments(database, gateway)
        self.webhooks = Webhooks(database, SecretStr(SECRET))
        self.office = self._person("Olga", Role.ADMIN)
        self.ann = self._person("Ann", Role.CUSTOMER)
        self.ben = self._person("Ben", Role.CUSTOMER)
        self.order_id = 0

    @contextmanager
    def acting(self, user: User | None = None) -> Iterator[UnitOfWork]:
        """A transaction of somebody's, with the roles they have now; of the system's for None."""
        with self.database.unit_of_work(SYSTEM) as work:
            now = UserRepository(work.session).find_by_uuid(user.uuid) if user else None
        with self.database.unit_of_work(Actor.of(now) if now else SYSTEM) as work:
            yield work

    def apply_and_be_approved(self) -> str:
        with self.acting(self.ann) as work:
            ContributorDetailService(work).apply(self.ann.id, country="Portugal", intended_assets="Icons")
        with self.acting(self.office) as work:
            ContributorDetailService(work).approve(self.ann.id)
        with self.acting() as work:
            found = UserRepository(work.session).find_by_uuid(self.ann.uuid)
        held = ", ".join(sorted(found.role_values)) if found else "nobody"
        return f"Ann's roles are now: {held}."

    def upload(self) -> str:
        with self.acting(self.ann) as work:
            batch = UploadBatchService(work).start(self.ann.id, self.ann.uuid, "weather.zip", None)
        plan = Plan(PlannedFamily("Weather", price=Decimal(60)), [PlannedSet("Sky", price=Decimal(40))])
        for number, name in enumerate(("sun", "cloud", "rain", "snow"), 1):
            plan.add(File(number, f"{name}.svg"), 0, name, ["weather"])
        token = uuid4()
        with self.acting() as work:
            Acceptance(work).accept(batch, "0" * 64, plan, [])
            items = UploadItemService(work).repository.claim(batch.id, token, 25)
            outcome = Outcome(drawn=[_drawn(item) for item in items], rejected={})
            settled = Settlement(work).settle(batch.id, token, outcome)
            Publication(work).publish(batch.id, None)
        return f"{settled.ready_count} of {settled.item_count} drawings are public; their set costs $40.00."

    def order(self) -> str:
        with self.acting(self.office) as work:
            CouponCodeService(work).create({"code": "SPRING", "type": "percentage", "amount": Decimal(25)})
        with self.acting(self.ben) as work:
            sky = SetRepository(work.session).find_all()[0]
            CartService(work).add(self.ben.id, "set", sky.id)
            cart = CartService(work).apply_coupon(self.ben.id, "SPRING")
        with self.acting(self.ben) as work:
            order = Checkout(work).place(self.ben.id, key="walkthrough-1", total=cart.total)
        self.order_id = order.id
        price, due = order.total_amount, order.discounted_total
        return f"The set costs ${price}, with the coupon ${due}; the order is {order.status}."

    def pay(self) -> str:
        with self.acting(self.ben) as work:
            ben = work.actor
        intent = self.payments.begin(ben, self.order_id)
        about = {"id": intent.id, "amount_received": cents(self._order().discounted_total)}
        first = self._told("evt_1", "payment_intent.succeeded", about)
        again = self._told("evt_1", "payment_intent.succeeded", about) or "passed over"
        return (
            f"The first time the event is {first}, the second {again}; the order is {self._order().status}."
        )

    def download(self) -> str:
        with self.acting(self.ben) as work:
            sun = IconRepository(work.session).find_one({"name": "sun"})
            assert sun is not None
            links = DownloadService(work).issue(
                Wanted(entity_type="icon", unique_id=sun.unique_id), lambda key, _name: f"signed:{key}"
            )
            (download,) = DownloadService(work).get_all()
        return f"Ben has a link to {links[0].name}, by right of: {download.granted_by}."

    def cash_out(self) -> str:
        with self.acting(self.ann) as work:
            asked = CashoutRequestService(work).request(
                self.ann.id, Decimal("15.00"), email="ann@example.org", method=CashoutMethod.PAYPAL
            )
        return f"Ann asks for ${asked.amount}; the request is {asked.status}."

    def pay_out(self) -> str:
        with self.acting() as work:
            asked = CashoutRequestService(work).get_all()[0]
        with self.acting(self.office) as work:
            CashoutRequestService(work).approve(asked.id)
        with self.acting(self.office) as work:
            ended = CashoutRequestService(work).complete(asked.id)
        return f"Olga approves it and pays; the request is {ended.status}."

    def refund(self) -> str:
        with self.acting(self.office) as work:
            lines = Refunds(work).refund(self.order_id)
            again = Refunds(work).refund(self.order_id)
        return (
            f"Lines refunded: {len(lines)}; asked again: {len(again)}. The order is {self._order().status}."
        )

    def send_back(self) -> str:
        sent, again = self.payments.send_refunds(), self.payments.send_refunds()
        return f"Refunds sent: {sent}; asked again: {again}."

    def last_entry(self) -> int:
        with self.acting() as work:
            return int(work.session.scalar(text("select coalesce(max(id), 0) from transaction_items")) or 0)

    def _order(self) -> Order:
        with self.acting(self.ben) as work:
            return Checkout(work).assert_exists(self.order_id)

    def _person(self, name: str, role: Role) -> User:
        with self.acting() as work:
            user = UserRepository(work.session).create(
                {
                    "email": f"{name.lower()}@example.org",
                    "username": name.lower(),
                    "display_name": name,
                    "is_verified": True,
                }
            )
            UserToRoleService(work).add(user.id, self._role_id(work, role))
            return user

    def _role_id(self, work: UnitOfWork, role: Role) -> int:
        held = UserRoleRepository(work.session).find_by_value(role)
        assert held is not None
        return held.id

    def _told(self, id: str, name: str, about: Mapping[str, object]) -> str | None:
        body = json.dumps({"id": id, "type": name, "data": {"object": about}}).encode()
        moment = int(time.time())
        made = stripe.WebhookSignature._compute_signature(f"{moment}.{body.decode()}", SECRET)  # noqa: SLF001
        return self.webhooks.receive(body, f"t={moment},v1={made}")


def _drawn(item: UploadItem) -> Drawn:
    return Drawn(
        item=item,
        width=24,
        height=24,
        palette=("#000000",),
        svg_key=f"svg/{item.filename}",
        body=Body("<path d='M0 0h24v24z'/>", 0, 0, 24, 24),
        perceptual_hash="0" * 16,
        pictures=(),
    )
