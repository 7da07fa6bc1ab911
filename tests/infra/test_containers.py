"""Container definitions in the one form that makes no needless revisions."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.containers import Container, canonical

names = st.text(alphabet="ABCDEFG_", min_size=1, max_size=6)
variables = st.dictionaries(names, st.text(max_size=8), max_size=5)
containers = st.builds(
    Container,
    name=st.sampled_from(["api", "migrate", "worker"]),
    image=st.just("repository@sha256:0"),
    command=st.lists(st.sampled_from(["api", "serve"]), min_size=1, max_size=2),
    cpu=st.integers(1, 4096),
    memory=st.integers(64, 30720),
    environment=variables,
    secrets=variables,
    log_group=st.just("vectoricons-dev-api"),
    region=st.just("us-east-1"),
    port=st.none() | st.integers(1, 65535),
    essential=st.booleans(),
    after=st.lists(st.just("migrate"), max_size=1),
)
tasks = st.lists(containers, min_size=1, max_size=3, unique_by=lambda each: each.name)


def read(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)
    return found


@given(tasks)
def test_what_is_canonical_stays_as_it_is(task: list[Container]) -> None:
    text = canonical(each.definition() for each in task)
    assert canonical(read(text)) == text


@given(tasks, st.randoms())
def test_the_order_in_which_things_are_said_does_not_matter(task: list[Container], random: Any) -> None:
    definitions = [each.definition() for each in task]
    shuffled = json.loads(json.dumps(definitions))
    random.shuffle(shuffled)
    for definition in shuffled:
        random.shuffle(definition["environment"])
        random.shuffle(definition["secrets"])
    assert canonical(shuffled) == canonical(definitions)


@given(tasks)
def test_nothing_that_was_said_is_lost(task: list[Container]) -> None:
    found = {each["name"]: each for each in read(canonical(each.definition() for each in task))}
    for said in task:
        made = found[said.name]
        assert {each["name"]: each["value"] for each in made["environment"]} == said.environment
        assert {each["name"]: each["valueFrom"] for each in made.get("secrets", [])} == said.secrets
        assert made["command"] == list(said.command)
        assert made["essential"] is said.essential
        assert (made["cpu"], made["memory"]) == (said.cpu, said.memory)


@given(containers)
def test_every_container_is_as_harmless_as_fargate_lets_it_be(container: Container) -> None:
    (made,) = read(canonical([container.definition()]))
    assert made["readonlyRootFilesystem"] is True
    assert made["user"].partition(":")[0] not in ("", "0", "root")
    assert made["linuxParameters"] == {"capabilities": {"drop": ["ALL"]}, "initProcessEnabled": True}
    assert "privileged" not in made
    assert made["stopTimeout"] == 120
    assert made["logConfiguration"]["options"]["mode"] == "non-blocking"
