"""Records of what happened: who they are about may look at them, and never write them."""

from __future__ import annotations

import pytest

from tests.base.contracts.modules import MODULES, Module, Subject
from tests.base.world import World
from vectoricons.common.errors import Forbidden
from vectoricons.common.unit_of_work import UnitOfWork

KEPT = {
    "account",
    "cashout-request",
    "credit",
    "download",
    "email-history",
    "event-history",
    "invoice",
    "login-history",
    "order",
    "stripe-customer",
    "subscription",
}


@pytest.mark.parametrize("module", [each for each in MODULES if str(each) in KEPT], ids=str)
def test_whom_a_record_is_about_cannot_write_it(module: Module, work: UnitOfWork) -> None:
    world = World(work)
    subject = Subject(module, world)
    person = world.user()
    record = subject.repository.create({**subject.data(), "user_id": person.id})
    service = module.service(world.acting_as(person, "customer", "contributor"))
    assert service.get_by_id(record.id) == record
    with pytest.raises(Forbidden):
        service.update(record.id, module.change)
    with pytest.raises(Forbidden):
        service.delete(record.id)
    assert subject.repository.find_by_id(record.id) == record


def test_each_of_them_is_a_module_under_contract() -> None:
    assert {str(each) for each in MODULES} >= KEPT
