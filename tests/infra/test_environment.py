"""What the components give a container and what its code reads are the same variables, and fit.

The environment is all that passes between the two: nothing else would notice a name only one of them knows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from components.frontend import SESSION_COOKIE
from components.scaling import OwedQueue, owed
from components.sections.services import SizedName
from containers.api import sessions
from containers.api.settings import ApiSettings, SiteSettings, WebSettings
from containers.converter import settings as converter
from containers.converter.settings import BackfillSettings
from containers.worker import backlog
from containers.worker import settings as worker
from tests.infra.synth import component, program
from tests.keys import PRIVATE_KEY
from vectoricons import config as common
from vectoricons.common.plugins.listed import PLUGINS
from vectoricons.config import CacheSettings, DatabaseSettings, ServiceSettings, Settings, load
from vectoricons.stripe.gateway import StripeSettings

SERVICES: tuple[SizedName, ...] = get_args(SizedName)
READS: dict[SizedName, tuple[type[Settings], ...]] = {
    "api": (ApiSettings, DatabaseSettings, CacheSettings),
    "stream": (SiteSettings, DatabaseSettings),
    "icons": (WebSettings, DatabaseSettings),
    "worker-intake": (ServiceSettings, worker.IntakeSettings, DatabaseSettings, CacheSettings),
    "worker-images": (ServiceSettings, worker.BucketSettings, DatabaseSettings, CacheSettings),
    "worker-previews": (ServiceSettings, worker.BucketSettings, DatabaseSettings, CacheSettings),
    "worker-relay": (ServiceSettings, worker.RelaySettings, DatabaseSettings),
    "worker-messenger": (ServiceSettings, worker.MessengerSettings, DatabaseSettings),
    "worker-reaper": (ServiceSettings, StripeSettings, DatabaseSettings, CacheSettings),
    "converter": (ServiceSettings, BackfillSettings, DatabaseSettings),
    "migrate": (ServiceSettings, DatabaseSettings),
}
BOTOCORE_READS = {"AWS_DEFAULT_REGION"}
KEYS = {"CDN_PRIVATE_KEY": PRIVATE_KEY}


@pytest.fixture(scope="module", params=["local", "prod"])
def environments(request: pytest.FixtureRequest) -> dict[str, dict[str, str]]:
    """What each container of a stack is given; a secret's value is a key, or its name made long enough."""
    found = {}
    for definition in program(request.param).of("aws:ecs/taskDefinition:TaskDefinition"):
        for container in definition.document("containerDefinitions"):
            plain = {each["name"]: each["value"] for each in container["environment"]}
            secret = {
                each["name"]: KEYS.get(each["name"], each["name"] * 8)
                for each in container.get("secrets", [])
            }
            found[container["name"]] = plain | secret
    return found


def variables(settings: type[Settings]) -> Iterator[str]:
    prefix = settings.model_config.get("env_prefix", "")
    for name, field in settings.model_fields.items():
        yield str(field.validation_alias or f"{prefix}{name}").upper()


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_is_given_exactly_what_its_code_reads(
    service: SizedName, environments: dict[str, dict[str, str]]
) -> None:
    read = {name for settings in READS[service] for name in variables(settings)}
    assert set(environments[service]) - BOTOCORE_READS == read


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_container_is_given_is_what_its_code_can_use(
    service: SizedName, environments: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in os.environ:
        monkeypatch.delenv(name)
    for name, value in environments[service].items():
        monkeypatch.setenv(name, value)
    loaded: dict[str, Any] = {}
    for settings in READS[service]:
        loaded |= {name.upper(): value for name, value in load(settings).model_dump().items()}
    assert loaded["SERVICE"] == service


def test_the_migration_is_given_the_database(environments: dict[str, dict[str, str]]) -> None:
    assert set(variables(DatabaseSettings)) <= environments["migrate"].keys()


def test_scaling_follows_the_very_numbers_that_the_reaper_tells() -> None:
    told = {
        queue: component(lambda queue=queue: owed(queue)).result  # type: ignore[misc]  # mypy sees no default
        for queue in get_args(OwedQueue)
    }
    for metric in told.values():
        assert (metric.namespace, metric.name) == (backlog.NAMESPACE, backlog.METRIC)
        assert tuple(metric.dimensions) == backlog.DIMENSIONS
    assert set(told) == set(backlog.QUEUES)


def test_no_settings_class_of_the_containers_is_missing_here() -> None:
    known = {each for read in READS.values() for each in read}
    written = {
        value
        for module in (common, converter, worker)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Settings) and value is not Settings
    }
    assert written <= known


def test_the_cdn_keeps_pages_apart_by_the_cookie_that_sessions_have() -> None:
    assert SESSION_COOKIE == sessions.COOKIE


def test_what_plugins_hear_of_comes_to_the_messenger() -> None:
    """SNS hands on what the subscription names; nothing else would notice a plugin that nobody calls."""
    (subscription,) = [
        each
        for each in program("prod").of("aws:sns/topicSubscription:TopicSubscription")
        if "filterPolicy" in each.inputs
    ]
    patterns = subscription.document("filterPolicy")["name"]
    whole = {each for each in patterns if isinstance(each, str)}
    beginnings = tuple(each["prefix"] for each in patterns if not isinstance(each, str))
    unheard = {plugin.event for plugin in PLUGINS} - whole
    assert [event for event in unheard if not event.startswith(beginnings)] == []
