"""The whole program, as every stack: who may do what, who owns what, what is known at preview."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import pulumi_aws
import pytest
import yaml
from policy_sentry.querying.actions import get_action_data
from pulumi.output import Unknown

from components.names import Names
from components.sections.services import ServiceName, TaskName
from tests.infra.synth import TREE, Declarations, Declared, declared, program

# Untraced, for it is long: the snapshots of components are seen to cover the same.
pytestmark = pytest.mark.no_cover

STACKS = ("local", "dev", "prod")
ACCOUNT = {"local": "123456789012", "dev": "210987654321", "prod": "109876543210"}
SERVICES: tuple[ServiceName, ...] = get_args(ServiceName)
TASKS: tuple[TaskName, ...] = get_args(TaskName)

# type: property that must stand once per target, because AWS lets the second writer overwrite the first
SINGLE_WRITERS = {
    "aws:s3/bucketPolicy:BucketPolicy": "bucket",
    "aws:s3/bucketNotification:BucketNotification": "bucket",
    "aws:sqs/queuePolicy:QueuePolicy": "queueUrl",
    "aws:sns/topicPolicy:TopicPolicy": "arn",
}
# what cannot be had again once it is deleted
HOLDS_DATA = {
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
    "aws:sqs/queue:Queue",
    "aws:secretsmanager/secret:Secret",
    "aws:ecr/repository:Repository",
    "aws:kms/key:Key",
}


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def may(stack: str, service: str) -> dict[str, list[str]]:
    """What a service's code may do, each action with the resources it is for, names shortened."""
    names = Names(stack, ACCOUNT[stack], "us-east-1")
    policies = [each for each in declared(stack).resources if each.name.startswith(f"{service}-may-work")]
    found: dict[str, list[str]] = {}
    for statement in (each for policy in policies for each in policy.document()["Statement"]):
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            short = [
                resource.replace(f"-{names.account}/", "/").rpartition(f"{names.stem}-")[2]
                for resource in statement["Resource"]
            ]
            found.setdefault(action, []).extend(short)
    return found


CONSUME = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes")
CONNECT = {"elasticache:Connect": ["main", "tasks"]}
PASSWORD = {
    "secretsmanager:GetSecretValue": ["arn:aws:secretsmanager:us-east-1:210987654321:secret:rds!db-1-AbCdEf"]
}
FRONTEND = "arn:aws:cloudfront::109876543210:distribution/frontend-distribution"
GRANTS: dict[str, dict[str, list[str]]] = {
    "api": {
        "s3:PutObject": ["uploads/uploads/*"],
        **CONNECT,
    },
    "stream": {},
    "icons": {},
    "worker-intake": {
        **{action: ["incoming"] for action in CONSUME},
        "s3:GetObject": ["uploads/uploads/*"],
        "s3:PutObject": ["private/sources/*"],
        **CONNECT,
    },
    "worker-images": {
        "s3:GetObject": ["private/sources/*"],
        "s3:PutObject": ["private/svg/*", "private/images/*", "public/images/*"],
        **CONNECT,
    },
    "worker-previews": {
        "s3:GetObject": ["private/svg/*"],
        "s3:PutObject": ["public/previews/*"],
        **CONNECT,
    },
    "worker-relay": {"sns:Publish": ["events"]},
    "worker-messenger": {
        **{action: ["messages"] for action in CONSUME},
        "ses:SendEmail": ["arn:aws:ses:us-east-1:109876543210:identity/vectoricons.net", "mail"],
        "cloudfront:CreateInvalidation": [FRONTEND],
    },
    "worker-reaper": CONNECT,
    "converter": {
        "s3:GetObject": ["private/svg/*", "private/.converter-probe"],
        "s3:PutObject": ["private/images/*", "public/images/*"],
    },
    "migrate": {},
}


@pytest.mark.parametrize("service", [*SERVICES, *TASKS])
def test_each_service_may_exactly_this(service: str) -> None:
    assert may("prod", service) == GRANTS[service] | PASSWORD


def test_at_home_the_cache_asks_no_rights_and_all_else_is_as_in_prod() -> None:
    without_connect = {
        name: {action: on for action, on in granted.items() if action not in CONNECT} | PASSWORD
        for name, granted in GRANTS.items()
    }
    at_home = {name: may("local", name) for name in (*SERVICES, *TASKS)}
    for action in ("ses:SendEmail", "cloudfront:CreateInvalidation"):
        at_home["worker-messenger"][action] = without_connect["worker-messenger"][action]
    assert at_home == without_connect


def documents(found: Declarations) -> Iterator[tuple[Declared, Any]]:
    for each in found.resources:
        for key in ("policy", "policyDocument", "assumeRolePolicy"):
            if key in each.inputs and "lifecycle" not in each.name:
                yield each, each.inputs[key]


def test_every_document_but_those_on_what_aws_names_is_known_at_preview(stack: str) -> None:
    previewed = program(stack, preview=True)
    unknown = {each.name for each, text in documents(previewed) if isinstance(text, Unknown)}
    on_the_password = {f"{name}-may-work-on-what-aws-names" for name in (*SERVICES, *TASKS)}
    assert unknown == {"public-policy", "private-policy", *on_the_password}
    assert len(list(documents(previewed))) > 50


def statements(stack: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for each, text in documents(declared(stack)):
        for statement in json.loads(text)["Statement"]:
            yield each.name, statement


def fenced(stack: str) -> set[tuple[str, str]]:
    """The actions that a document refuses outside of what bears the stack's name, by the document's name."""
    return {
        (name, action)
        for name, statement in statements(stack)
        if statement["Effect"] == "Deny" and "NotResource" in statement
        for action in statement["Action"]
    }


def waived(stack: str) -> set[str]:
    """The documents that somebody answers for, in policy/waivers.yaml."""
    entries = yaml.safe_load((TREE / "policy" / "waivers.yaml").read_text())
    urns = [each["urn"] for each in entries if each["finding"] == "Resource::*"]
    return {urn.rpartition("::")[2] for urn in urns if urn.startswith(f"urn:pulumi:{stack}::")}


def test_every_action_exists_and_is_on_something_exact_if_aws_lets_it(stack: str) -> None:
    keys, inside = {each.name for each in declared(stack).of("aws:kms/key:Key")}, fenced(stack)
    answered_for = waived(stack)
    for name, statement in statements(stack):
        if statement["Effect"] == "Deny" or "Resource" not in statement:
            continue
        for action in statement["Action"]:
            service, _, verb = action.partition(":")
            known = get_action_data(service, verb)
            assert isinstance(known, dict), f"{name}: AWS has no action {action}"
            if name in keys:
                continue  # "*" is the key itself
            scopeable = any(row["resource_arn_format"] != "*" for row in known[service])
            is_exact = "*" not in statement["Resource"] or (name, action) in inside
            assert name in answered_for or scopeable is is_exact, f"{name}: {action}"


def each_account(statement: dict[str, Any]) -> str | None:
    """The one account whose principals a statement is for."""
    found: str | None = statement.get("Condition", {}).get("StringEquals", {}).get("aws:PrincipalAccount")
    return found


def test_whoever_is_let_in_is_a_service_on_this_accounts_behalf(stack: str) -> None:
    for name, statement in statements(stack):
        if statement["Effect"] == "Deny" or "Principal" not in statement:
            continue
        if statement["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT[stack]}:root"}:
            continue  # a key without its account could be administered by nobody
        if each_account(statement) == ACCOUNT[stack] or name == "network-s3-policy":
            continue  # who is in the account already; tests/infra/test_network.py
        if "Federated" in statement["Principal"]:
            assert name.startswith("identity-")  # tests/infra/test_identity.py
            continue
        assert set(statement["Principal"]) == {"Service"}, name
        assert ACCOUNT[stack] in json.dumps(statement["Condition"]), name


def test_every_resource_has_one_component_above_it_and_is_called_after_it(stack: str) -> None:
    found = declared(stack)
    owners = {each.urn: each for each in found.resources if each.type.startswith("vectoricons:")}
    for each in found.resources:
        if each.urn in owners:
            assert each.parent.endswith(f"::vectoricons-{stack}"), (
                f"{each.name} stands under another component"
            )
        else:
            assert each.parent in owners, f"{each.name} belongs to nobody"
            assert each.name.startswith(f"{owners[each.parent].name}-")


def test_what_aws_lets_only_one_write_has_one_writer_under_its_own_component(stack: str) -> None:
    found = declared(stack)
    for token, target in SINGLE_WRITERS.items():
        writers = Counter(each.inputs[target] for each in found.of(token))
        assert writers
        assert set(writers.values()) == {1}, f"{token}: {writers}"


def test_everything_goes_through_the_one_provider(stack: str) -> None:
    found = declared(stack)
    provider = found.one("deployment-aws").urn
    assert {
        each.provider.rpartition("::")[0] for each in found.resources if each.type.startswith("aws:")
    } == {provider}


def test_everything_that_can_be_tagged_says_whose_it_is(stack: str) -> None:
    for each in declared(stack).resources:
        if each.type.startswith("aws:") and _has_tags(each.type):
            tags = each.inputs.get("tags", {})
            assert {"project", "env", "component", "owner"} <= tags.keys(), each.name
            assert tags["env"] == stack


@cache
def _has_tags(token: str) -> bool:
    _, module, noun = token.split(":")
    made_by = getattr(getattr(pulumi_aws, module.partition("/")[0]), noun)
    return "tags" in made_by._internal_init.__annotations__  # noqa: SLF001 - the one place that lists a type's inputs


def test_prod_protects_what_holds_data_and_dev_can_be_thrown_away() -> None:
    assert {each.type for each in declared("prod").resources if each.protect} == HOLDS_DATA
    assert all(each.protect for each in declared("prod").resources if each.type in HOLDS_DATA)
    assert not [each for each in declared("dev").resources if each.protect]


def test_the_program_says_the_same_thing_twice(stack: str) -> None:
    assert program(stack).resources == declared(stack).resources


def test_a_running_container_is_a_digest_and_never_a_tag(stack: str) -> None:
    for definition in declared(stack).of("aws:ecs/taskDefinition:TaskDefinition"):
        for container in definition.document("containerDefinitions"):
            assert "@sha256:" in container["image"]


def test_no_container_gets_a_secret_in_its_environment(stack: str) -> None:
    for definition in declared(stack).of("aws:ecs/taskDefinition:TaskDefinition"):
        for container in definition.document("containerDefinitions"):
            names = {each["name"] for each in container["environment"]}
            assert not [
                name for name in names if name.endswith(("PASSWORD", "SECRET", "TOKEN", "KEY", "WEBHOOK_URL"))
            ]
            told_twice = names & {each["name"] for each in container.get("secrets", [])}
            assert not told_twice


def test_only_tasks_that_reach_a_store_have_an_edge_to_it(stack: str) -> None:
    edges = {
        each.name for each in declared(stack).of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    }
    everybody = {*SERVICES, *TASKS}
    without_cache = {"stream", "icons", "worker-relay", "worker-messenger", *TASKS}
    ways_in = {f"{service}-let-load-balancer-in" for service in ("api", "stream", "icons")} | {
        "load-balancer-from-cloudfront"
    }
    assert edges - ways_in == {f"{service}-into-database" for service in everybody} | {
        f"{service}-into-cache" for service in everybody - without_cache
    }
    assert ways_in < edges


def test_home_and_prod_differ_in_values_and_not_in_kind() -> None:
    home = {each.type for each in declared("local").resources}
    prod = {each.type for each in declared("prod").resources}
    assert home - prod == {"awsx:ecr:Image"}
    by_iam = {"aws:elasticache/user:User", "aws:elasticache/userGroup:UserGroup"}
    of_a_domain = {
        "aws:acm/certificate:Certificate",
        "aws:acm/certificateValidation:CertificateValidation",
        "aws:route53/record:Record",
    }
    assert prod - home == by_iam | of_a_domain


def test_the_exports_are_the_contract_with_what_runs_around_the_program() -> None:
    exports = declared("local").outputs
    assert sorted(exports) == [
        *("assets", "buckets", "cdn", "cluster", "icons", "images", "queues", "roles", "site", "stream"),
        *("tasks", "topic"),
    ]
    assert exports["site"] == "http://127.0.0.1:8000"
    assert sorted(exports["buckets"]) == ["private", "public", "uploads"]
    assert sorted(exports["queues"]) == ["incoming", "messages"]
    assert sorted(exports["tasks"]) == ["converter", "migrate"]
    assert exports["tasks"]["converter"]["capacityProvider"] == "FARGATE_SPOT"
    assert exports["images"] is None  # built by the update, so that nobody can promote them
    assert sorted(declared("dev").outputs["images"]) == ["api", "converter", "worker"]
    for once in exports["tasks"].values():
        assert sorted(once) == ["capacityProvider", "securityGroups", "subnets", "taskDefinition"]
        assert len(once["subnets"]) == 2


def test_the_program_is_one_page_that_makes_components_and_nothing_else() -> None:
    text = (TREE / "__main__.py").read_text()
    tree = ast.parse(text)
    assert len(text.splitlines()) <= 245
    assert "pulumi_aws" not in text
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.If | ast.FunctionDef)]
