"""The register and the code are the same: seventy-eight modules, each where it is said to be, each proven."""

from __future__ import annotations

import pytest

from tests.base.modules import BEHAVIOUR, HERE
from vectoricons import register
from vectoricons.common import migrate
from vectoricons.register import REGISTER, Module

BESIDE = (
    "vectoricons.uploads",
    "vectoricons.conversions",
)  # the pipeline's own, beside the register


def test_there_are_seventy_eight_modules() -> None:
    for module in REGISTER:
        module.load()
    assert len(REGISTER) == 78
    assert [module.number for module in REGISTER] == list(range(1, 79))
    assert len({module.path for module in REGISTER}) == 78


@pytest.mark.parametrize("module", REGISTER, ids=lambda module: module.path)
def test_a_module_is_about_the_table_it_is_said_to_be(module: Module) -> None:
    migrate.metadata()  # imports every module there is
    tables = {service.repository_class().row.__tablename__ for service in module.services()}
    assert module.table is None or module.table in tables


@pytest.mark.parametrize(
    "module", [module for module in REGISTER if not module.table], ids=lambda module: module.path
)
def test_a_module_without_a_table_has_tests_of_its_behaviour(module: Module) -> None:
    assert BEHAVIOUR.get(module.path), "name its tests in tests/base/modules.py"
    there = {path.name for path in HERE.rglob("test_*.py")}
    assert set(BEHAVIOUR[module.path]) <= there


def test_every_service_is_of_a_module_of_the_register() -> None:
    migrate.metadata()
    for service in register.all_services():
        assert register.owner(service.__module__) or service.__module__.startswith(BESIDE), service


def test_what_a_module_can_and_tells_is_read_from_its_code() -> None:
    (tags,) = [module for module in REGISTER if module.path == "products/tags"]
    assert tags.capabilities() == ["Observable", "Cacheable", "Pluggable", "AccessControlled", "Activatable"]
    assert {"tag.create", "tag.update", "tag.delete", "tag.activate", "tag.get-or-create"} <= set(
        tags.events()
    )
    (users,) = [module for module in REGISTER if module.path == "users"]
    assert {"user.signup", "user.soft-delete"} <= set(users.events())


def test_code_belongs_to_the_nearest_module_above_it() -> None:
    for name, path in {
        "vectoricons.carts.pricing": "carts",
        "vectoricons.carts.cart_items": "carts/cart-items",
        "vectoricons.common.plugins.host": "common/plugins",
        "vectoricons.common.log": "common",
    }.items():
        found = register.owner(name)
        assert found is not None
        assert found.path == path
    assert register.owner("vectoricons.uploads.inbox") is None
