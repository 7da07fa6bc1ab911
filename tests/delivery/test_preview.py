"""A preview becomes a comment that says first what one must know, and never a secret."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from delivery.errors import DeliveryError
from delivery.preview.comment import LONGEST, Preview
from delivery.preview.costs import estimate
from delivery.preview.diffs import SECRET_MARK, UNKNOWN, differences
from delivery.preview.digest import Digest

INSTANCE = "aws:rds/instance:Instance"
QUEUE = "aws:sqs/queue:Queue"
SERVICE = "aws:ecs/service:Service"
DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"


def step(op: str, type_: str, name: str, old: Any = None, new: Any = None, **more: Any) -> dict[str, Any]:
    """A step as the engine writes it; its component is what stands before the hyphen."""
    component = name.partition("-")[0]
    state = {"type": type_, "parent": f"urn:pulumi:dev::v::vectoricons:x:{component.title()}::{component}"}
    found = {"op": op, "urn": f"urn:pulumi:dev::v::{type_}::{name}", **more}
    if old is not None:
        found["oldState"] = {**state, "inputs": old, "protect": more.pop("protect", False)}
    if new is not None:
        found["newState"] = {**state, "inputs": new}
    return found


def digest(*steps: dict[str, Any], errors: tuple[str, ...] = ()) -> Digest:
    said = [{"message": text, "severity": "error"} for text in errors]
    return Digest.read(json.dumps({"steps": steps, "diagnostics": said, "changeSummary": {"same": 7}}))


def comment(*steps: dict[str, Any], **more: Any) -> str:
    return Preview(stack="dev", region="us-east-1", digest=digest(*steps, **more)).comment()


def lines(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [line for each in differences(before, after) for line in each.lines()]


def test_the_summary_comes_first_then_the_table_then_what_is_lost() -> None:
    text = comment(
        step("create", "aws:iam/role:Role", "api-role", new={"name": "r"}),
        step("replace", QUEUE, "messages-queue", {"name": "a"}, {"name": "b"}, replaceReasons=["name"]),
        step("update", INSTANCE, "database-instance", {"instanceClass": "x"}, {"instanceClass": "y"}),
    )
    order = [
        "<!-- vectoricons-preview:dev -->",
        "**1 to replace**, **1 to update**, **1 to create**, 7 stay as they are.",
        "| `messages` |  | 1 |  |  |",
        "> **Data is lost with this change.**",
        "> - **replace** `messages-queue` (aws.sqs.Queue), because of `name`: the messages that wait",
        "<details open><summary><b>messages</b>",
        "<details><summary><b>database</b>",
        "<details><summary><b>api</b>",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_a_replacement_is_told_once_though_the_engine_takes_three_steps() -> None:
    names = {"old": {"name": "a"}, "new": {"name": "b"}}
    text = comment(
        step("create-replacement", QUEUE, "messages-queue", **names),
        step("replace", QUEUE, "messages-queue", **names, replaceReasons=["name"]),
        step("delete-replaced", QUEUE, "messages-queue", old={"name": "a"}),
    )
    assert "**1 to replace**, 7 stay" in text


def test_a_new_revision_of_a_task_is_an_update_and_no_alarm() -> None:
    text = comment(step("replace", DEFINITION, "api-definition", {"cpu": "256"}, {"cpu": "512"}))
    assert "**1 to update**" in text
    assert "CAUTION" not in text


def test_what_is_protected_is_said_to_stop_the_update() -> None:
    text = comment(step("delete", INSTANCE, "database-instance", {"instanceClass": "x"}, protect=True))
    assert "every row of the database" in text
    assert "It is protected: the update will refuse." in text


def test_a_policy_differs_by_what_was_added_to_it_alone() -> None:
    read = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:a/*"]}
    write = {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": ["arn:b/*"]}
    more = {**write, "Resource": ["arn:b/*", "arn:c/*"]}
    before, after = (json.dumps({"Statement": parts}) for parts in ([read, write], [more, read]))
    assert lines({"policy": before}, {"policy": after}) == [
        '+ policy.Statement[Allow s3:PutObject].Resource[]: "arn:c/*"'
    ]


def test_statements_of_one_action_are_told_apart_by_what_they_share() -> None:
    def statement(source: str, queue: str) -> dict[str, Any]:
        return {"Effect": "Allow", "Action": ["sqs:SendMessage"], "From": source, "Resource": queue}

    before, after = (
        json.dumps({"Statement": [statement("events", name), statement("alerts", name)]})
        for name in ("old", "new")
    )
    assert (
        lines({"policy": before}, {"policy": after})
        == [
            '- policy.Statement[Allow sqs:SendMessage].Resource: "old"',
            '+ policy.Statement[Allow sqs:SendMessage].Resource: "new"',
        ]
        * 2
    )


def test_a_container_differs_by_the_variable_that_changes_alone() -> None:
    def definitions(**environment: str) -> str:
        variables = [{"name": name, "value": value} for name, value in environment.items()]
        return json.dumps([{"name": "api", "cpu": 256, "environment": variables}])

    before = definitions(SITE="https://a", THEME="light")
    after = definitions(THEME="dark", SITE="https://a", NEW="1")
    assert lines({"containerDefinitions": before}, {"containerDefinitions": after}) == [
        '+ containerDefinitions[api].environment[NEW]: "1"',
        '- containerDefinitions[api].environment[THEME]: "light"',
        '+ containerDefinitions[api].environment[THEME]: "dark"',
    ]


def test_what_is_known_only_later_is_said_to_be() -> None:
    assert lines({"arn": "a"}, {"arn": UNKNOWN}) == ['- arn: "a"', "+ arn: (known after the update)"]


@pytest.mark.parametrize(
    "inputs",
    [
        {"masterPassword": "hunter2"},
        {"secretString": "hunter2"},
        {"value": {SECRET_MARK: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "hunter2"}},
        {
            "containerDefinitions": json.dumps(
                [{"name": "a", "environment": [{"name": "API_TOKEN", "value": "hunter2"}]}]
            )
        },
        {"nested": {"list": [{"webhook": "hunter2"}]}},
        {"environment": [{"name": "SLACK_WEBHOOK", "value": "hunter2"}, 1]},
    ],
)
def test_a_secret_is_never_shown(inputs: dict[str, Any]) -> None:
    for before, after in (
        ({}, inputs),
        (inputs, {}),
        (inputs, json.loads(json.dumps(inputs).replace("hunter2", "hunter3"))),
    ):
        said = "\n".join(lines(before, after))
        assert "hunter" not in said
        assert "[secret]" in said


def test_a_value_cannot_break_out_of_its_block() -> None:
    text = comment(step("update", QUEUE, "q-queue", {"name": "a"}, {"name": "```\n# Approved"}))
    assert text.count("```") == 2


def test_a_comment_too_long_loses_its_least_important_end_and_says_so() -> None:
    long = {f"key{number:03}": "x" * 200 for number in range(100)}
    steps = [step("update", "aws:iam/role:Role", f"c{number:03}-role", {}, long) for number in range(20)]
    text = comment(*steps, step("delete", INSTANCE, "database-instance", {"instanceClass": "x"}))
    assert len(text) <= LONGEST
    assert "<b>database</b>: 1 to delete" in text
    assert "| `c019` |" in text
    assert "<b>c019</b>" not in text
    assert "parts are left out, the least important" in text


def test_a_failed_preview_says_why_in_the_engines_words() -> None:
    text = comment(errors=("Pulumi.dev.yaml: vectoricons:netwrok is not a setting.",))
    assert "**there is no plan**" in text
    assert "> - Pulumi.dev.yaml: vectoricons:netwrok is not a setting." in text


def test_what_changes_nothing_says_so() -> None:
    assert "Nothing changes, 7 stay as they are." in comment()


def test_what_is_no_preview_is_refused() -> None:
    with pytest.raises(DeliveryError, match="This is no `pulumi preview --json`"):
        Digest.read("error: no stack")


def database(class_: str, *, zones: bool = False) -> dict[str, Any]:
    return {"instanceClass": class_, "multiAz": zones, "allocatedStorage": 20, "storageType": "gp3"}


def test_a_bigger_database_costs_what_the_table_says() -> None:
    changed = digest(
        step("update", INSTANCE, "database-instance", database("db.t4g.micro"), database("db.t4g.medium"))
    )
    assert estimate(changed, "us-east-1").difference == Decimal("0.049") * 730


def test_a_second_zone_doubles_the_database() -> None:
    small = database("db.t4g.micro")
    changed = digest(step("update", INSTANCE, "database-instance", small, {**small, "multiAz": True}))
    [cost] = estimate(changed, "us-east-1").known
    assert cost.after == 2 * cost.before


def test_one_more_task_costs_its_size() -> None:
    def service(count: int) -> dict[str, Any]:
        return {"desiredCount": count, "capacityProviderStrategies": [{"capacityProvider": "FARGATE"}]}

    size = {"cpu": "1024", "memory": "2048"}
    changed = digest(
        step("same", DEFINITION, "worker-definition", size, size),
        step("update", SERVICE, "worker-service", service(1), service(2)),
    )
    assert estimate(changed, "us-east-1").difference == (Decimal("0.04048") + 2 * Decimal("0.004445")) * 730


def test_what_the_table_does_not_know_is_called_unknown() -> None:
    bigger = step("update", INSTANCE, "database-instance", database("db.t4g.micro"), database("db.z9.huge"))
    assert estimate(digest(bigger), "us-east-1").unknown == ["database-instance"]
    known = step("update", INSTANCE, "database-instance", database("db.t4g.micro"), database("db.t4g.small"))
    assert estimate(digest(known), "eu-west-1").unknown == ["database-instance"], "prices differ by region"
    text = comment(bigger)
    assert "Estimated cost: no price of it is known, 1 unknown." in text
