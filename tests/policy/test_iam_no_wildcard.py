"""iam-no-wildcard: nobody is granted what nobody listed, wherever AWS keeps the document."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_OBJECT_VALUE

from tests.policy.stacks import ACCOUNT, UNKNOWN, Declared, allow, document, refused

POLICY = "aws:iam/policy:Policy"
ROLE = "aws:iam/role:Role"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
QUEUE_ARN = f"arn:aws:sqs:us-east-1:{ACCOUNT}:vectoricons-prod-incoming"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/vectoricons-prod-api-task"
TASKS = {"Service": "ecs-tasks.amazonaws.com"}
TRUST = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": TASKS})


def identity(*statements: dict[str, Any]) -> set[str]:
    return refused("iam-no-wildcard", Declared(POLICY, "grants", {"policy": document(*statements)}))


def resource(*statements: dict[str, Any], type_: str = BUCKET_POLICY) -> set[str]:
    return refused("iam-no-wildcard", Declared(type_, "grants", {"policy": document(*statements)}))


class TestPasses:
    def test_exact_actions_on_exact_arns(self) -> None:
        assert identity(allow("sqs:ReceiveMessage", "sqs:DeleteMessage", on=QUEUE_ARN)) == set()

    @pytest.mark.parametrize(
        "arn",
        [
            "arn:aws:s3:::vectoricons-prod-public/*",
            "arn:aws:s3:::vectoricons-prod-private/svg/*",
            f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/vectoricons/prod/api:*",
            f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:vectoricons-prod-api:log-stream:api/*",
            f"arn:aws:ecs:us-east-1:{ACCOUNT}:task/vectoricons-prod/*",
            f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/vectoricons-prod-api:*",
            f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/vectoricons/prod/*",
            f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:vectoricons-prod-session-??????",
            f"arn:aws-cn:s3:::vectoricons-prod-public/{'${aws:username}'}/*",
        ],
    )
    def test_a_wildcard_for_the_children_of_one_named_thing(self, arn: str) -> None:
        assert identity(allow("s3:GetObject", on=arn)) == set()

    @pytest.mark.parametrize(
        "action",
        ["ecr:GetAuthorizationToken", "ECR:getauthorizationtoken", "xray:PutTraceSegments", "kms:CreateKey"],
    )
    def test_a_free_resource_for_an_action_that_aws_cannot_limit(self, action: str) -> None:
        assert identity(allow(action)) == set()

    def test_metrics_of_one_namespace(self) -> None:
        named = {"StringEquals": {"cloudwatch:namespace": "VectorIcons"}}
        assert identity(allow("cloudwatch:PutMetricData", Condition=named)) == set()

    def test_passing_named_roles_to_a_named_service(self) -> None:
        to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
        assert identity(allow("iam:PassRole", on=ROLE_ARN, Condition=to_tasks)) == set()

    def test_a_refusal_may_be_as_wide_as_it_likes(self) -> None:
        assert resource({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}) == set()

    @pytest.mark.parametrize(
        "condition",
        [
            {"ArnLike": {"aws:SourceArn": QUEUE_ARN}},
            {"StringEquals": {"AWS:SourceAccount": ACCOUNT}},
            {"ArnLike": {"aws:SourceArn": f"arn:aws:events:us-east-1:{ACCOUNT}:rule/*"}},
        ],
    )
    def test_anyone_who_comes_for_a_named_source(self, condition: dict[str, Any]) -> None:
        statement = allow("sns:Publish", on=QUEUE_ARN, Principal="*", Condition=condition)
        assert resource(statement, type_="aws:sns/topicPolicy:TopicPolicy") == set()

    def test_a_key_policy_speaks_of_its_own_key_as_star(self) -> None:
        statement = allow("kms:Decrypt", Principal={"AWS": ROLE_ARN})
        assert resource(statement, type_="aws:kms/key:Key") == set()

    def test_a_repository_policy_has_no_resource(self) -> None:
        statement = {"Effect": "Allow", "Action": "ecr:BatchGetImage", "Principal": {"AWS": ROLE_ARN}}
        assert resource(statement, type_="aws:ecr/repositoryPolicy:RepositoryPolicy") == set()

    def test_an_endpoint_for_the_principals_of_one_account(self) -> None:
        ours = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
        statement = allow("sqs:SendMessage", on=QUEUE_ARN, Principal="*", Condition=ours)
        assert resource(statement, type_="aws:ec2/vpcEndpoint:VpcEndpoint") == set()

    def test_a_role_that_a_service_may_take(self) -> None:
        assert refused("iam-no-wildcard", Declared(ROLE, "api", {"assumeRolePolicy": TRUST})) == set()

    def test_a_document_given_as_an_object(self) -> None:
        policy = json.loads(document(allow("sqs:SendMessage", on=QUEUE_ARN)))
        assert refused("iam-no-wildcard", Declared(POLICY, "grants", {"policy": policy})) == set()

    def test_a_policy_of_ones_own_is_attached(self) -> None:
        attachment = Declared(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "api",
            {"policyArn": f"arn:aws:iam::{ACCOUNT}:policy/vectoricons-prod-api"},
        )
        assert refused("iam-no-wildcard", attachment) == set()


class TestIsRefused:
    @pytest.mark.parametrize("action", ["*", "s3:*", "s3:Get*", "s3:Get?bject", "*:*", "S3:*"])
    def test_an_action_wildcard(self, action: str) -> None:
        assert identity(allow(action, on=QUEUE_ARN)) == {f"grants: Action::{action}"}

    def test_every_resource_for_an_action_that_can_be_limited(self) -> None:
        assert identity(allow("ecr:GetAuthorizationToken", "ecr:BatchGetImage")) == {"grants: Resource::*"}

    @pytest.mark.parametrize(
        "arn",
        [
            "arn:aws:s3:::*",
            "arn:aws:s3:::vectoricons-*/images/*",
            "arn:aws:s3:::vectoricons-prod-public/*.svg",
            "arn:aws:s3:::vectoricons-prod-public*",
            f"arn:aws:sqs:us-east-1:{ACCOUNT}:*",
            f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:*",
            f"arn:aws:logs:*:{ACCOUNT}:log-group:vectoricons-prod-api:*",
            "arn:aws:ecs:us-east-1:*:task/vectoricons-prod/*",
            f"arn:aws:ecs:us-east-1:{ACCOUNT}:task/*",
            f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:vectoricons-*",
            f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:vectoricons-?????",
            f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/*",
        ],
    )
    def test_a_wildcard_wider_than_the_children_of_one_thing(self, arn: str) -> None:
        assert identity(allow("s3:GetObject", on=arn)) == {f"grants: Resource::{arn}"}

    def test_metrics_of_every_namespace(self) -> None:
        assert identity(allow("cloudwatch:PutMetricData")) == {"grants: Condition::cloudwatch:namespace"}

    def test_everything_but_what_is_listed(self) -> None:
        assert identity({"Effect": "Allow", "NotAction": "iam:PassRole", "NotResource": QUEUE_ARN}) == {
            "grants: NotAction",
            "grants: NotResource",
        }
        assert identity({"Effect": "Allow", "NotAction": "iam:PassRole", "Resource": "*"}) == {
            "grants: NotAction",
            "grants: Resource::*",
        }
        statement = allow("s3:GetObject", on="arn:aws:s3:::icons/*", NotPrincipal={"AWS": ROLE_ARN})
        assert resource(statement) == {"grants: NotPrincipal"}

    @pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": [ROLE_ARN, "*"]}, {"Service": "*"}])
    def test_anyone(self, principal: object) -> None:
        statement = allow("s3:GetObject", on="arn:aws:s3:::icons/*", Principal=principal)
        assert resource(statement) == {"grants: Principal::*"}

    @pytest.mark.parametrize(
        "condition",
        [
            {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}},
            {"ForAllValues:StringEquals": {"aws:SourceAccount": ACCOUNT}},
            {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}},
            {"StringLike": {"aws:SourceAccount": "*"}},
            {"StringLike": {"aws:SourceAccount": [ACCOUNT, "1*"]}},
            {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:*"}},
            {"ArnLike": {"aws:SourceArn": "*"}},
            {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
        ],
    )
    def test_anyone_behind_a_condition_that_binds_nobody(self, condition: dict[str, Any]) -> None:
        statement = allow("sqs:SendMessage", on=QUEUE_ARN, Principal="*", Condition=condition)
        assert resource(statement, type_="aws:sqs/queuePolicy:QueuePolicy") == {"grants: Principal::*"}

    def test_a_role_that_anyone_may_take(self) -> None:
        trust = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}})
        assert refused("iam-no-wildcard", Declared(ROLE, "api", {"assumeRolePolicy": trust})) == {
            "api: Principal::*"
        }

    def test_passing_any_role_to_any_service(self) -> None:
        roles = f"arn:aws:iam::{ACCOUNT}:role/*"
        assert identity(allow("iam:PassRole", on=roles)) == {
            f"grants: Resource::{roles}",
            "grants: iam:PassRole::Resource",
            "grants: iam:PassRole::iam:PassedToService",
        }
        open_service = {"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}
        assert identity(allow("IAM:passrole", on=ROLE_ARN, Condition=open_service)) == {
            "grants: iam:PassRole::iam:PassedToService"
        }

    def test_policies_that_aws_widens_by_itself(self) -> None:
        managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
        own = f"arn:aws:iam::{ACCOUNT}:policy/own"
        attachment = Declared(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "exec", {"policyArn": managed}
        )
        role = Declared(ROLE, "api", {"assumeRolePolicy": TRUST, "managedPolicyArns": [managed, own]})
        assert refused("iam-no-wildcard", attachment, role) == {
            f"exec: ManagedPolicy::{managed}",
            f"api: ManagedPolicy::{managed}",
            "api: managedPolicyArns",
        }

    def test_credentials_that_do_not_expire(self) -> None:
        user = Declared("aws:iam/user:User", "someone")
        key = Declared("aws:iam/accessKey:AccessKey", "key", {"user": "someone"})
        assert refused("iam-no-wildcard", user, key) == {"someone: User", "key: AccessKey"}

    @pytest.mark.parametrize(
        ("type_", "property_"),
        [
            ("aws:iam/rolePolicy:RolePolicy", "policy"),
            ("aws:iam/groupPolicy:GroupPolicy", "policy"),
            ("aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", "inlinePolicy"),
        ],
    )
    def test_wherever_an_identity_policy_stands(self, type_: str, property_: str) -> None:
        policy = Declared(type_, "grants", {property_: document(allow("s3:*", on=QUEUE_ARN))})
        assert refused("iam-no-wildcard", policy) == {"grants: Action::s3:*"}

    @pytest.mark.parametrize(
        ("type_", "property_"),
        [
            ("aws:s3/bucket:Bucket", "policy"),
            ("aws:s3/bucketPolicy:BucketPolicy", "policy"),
            ("aws:sqs/queue:Queue", "policy"),
            ("aws:sqs/queuePolicy:QueuePolicy", "policy"),
            ("aws:sns/topic:Topic", "policy"),
            ("aws:sns/topicPolicy:TopicPolicy", "policy"),
            ("aws:secretsmanager/secret:Secret", "policy"),
            ("aws:secretsmanager/secretPolicy:SecretPolicy", "policy"),
            ("aws:kms/key:Key", "policy"),
            ("aws:kms/keyPolicy:KeyPolicy", "policy"),
            ("aws:ec2/vpcEndpoint:VpcEndpoint", "policy"),
            ("aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy", "policy"),
            ("aws:ecr/repositoryPolicy:RepositoryPolicy", "policy"),
            ("aws:ecr/registryPolicy:RegistryPolicy", "policy"),
            ("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "policyDocument"),
        ],
    )
    def test_wherever_a_resource_policy_stands(self, type_: str, property_: str) -> None:
        policy = document(allow("s3:*", on=QUEUE_ARN, Principal={"AWS": ROLE_ARN}))
        assert refused("iam-no-wildcard", Declared(type_, "grants", {property_: policy})) == {
            "grants: Action::s3:*"
        }


class TestUnknownAtPreview:
    def test_says_nothing_of_an_unknown_document(self) -> None:
        assert refused("iam-no-wildcard", Declared(POLICY, "grants", {"policy": UNKNOWN})) == set()

    def test_hides_nothing_beside_an_unknown_document(self) -> None:
        wide = {"name": "wide", "policy": document(allow("s3:*", on=QUEUE_ARN))}
        role = Declared(
            ROLE,
            "api",
            {
                "assumeRolePolicy": UNKNOWN,
                "inlinePolicies": [{"name": "untold", "policy": UNKNOWN}, wide],
                "managedPolicyArns": [UNKNOWN, "arn:aws:iam::aws:policy/AdministratorAccess"],
            },
        )
        assert refused("iam-no-wildcard", role) == {
            "api: Action::s3:*",
            "api: ManagedPolicy::arn:aws:iam::aws:policy/AdministratorAccess",
        }

    def test_hides_nothing_in_a_document_that_is_known_in_part(self) -> None:
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                allow("sqs:SendMessage", on=UNKNOWN),
                allow("s3:*", on=[UNKNOWN, "*"]),
                UNKNOWN_OBJECT_VALUE,
            ],
        }
        assert refused("iam-no-wildcard", Declared(POLICY, "grants", {"policy": policy})) == {
            "grants: Action::s3:*",
            "grants: Resource::*",
        }

    def test_says_nothing_of_an_unknown_list(self) -> None:
        role = Declared(ROLE, "api", {"assumeRolePolicy": TRUST, "inlinePolicies": UNKNOWN_ARRAY_VALUE})
        assert refused("iam-no-wildcard", role) == set()


exact_actions = st.from_regex(r"[a-z][a-z0-9]{1,8}:[A-Z][A-Za-z]{1,12}", fullmatch=True)
exact_arns = st.from_regex(rf"arn:aws:sqs:us-east-1:{ACCOUNT}:[a-z-]{{1,20}}", fullmatch=True)
allowed = st.builds(
    lambda actions, arns: allow(*actions, on=arns),
    st.lists(exact_actions.filter(lambda action: action.lower() != "iam:passrole"), min_size=1, max_size=3),
    st.lists(exact_arns, min_size=1, max_size=3),
)
wild_actions = st.builds(
    lambda start, wild, end: start + wild + end,
    st.sampled_from(["", "s3:", "sqs:Send", "iam:Get"]),
    st.sampled_from(["*", "?", "**"]),
    st.sampled_from(["", "Message", "*"]),
)


@pytest.mark.no_cover
@settings(deadline=None)
@given(st.lists(allowed, max_size=3), st.lists(exact_actions, max_size=2), wild_actions, st.booleans())
def test_a_document_with_any_action_wildcard_is_always_refused(
    others: list[dict[str, Any]], exact: list[str], wild: str, alone: bool
) -> None:
    statement = {"Effect": "Allow", "Action": wild if alone else [*exact, wild], "Resource": QUEUE_ARN}
    assert f"grants: Action::{wild}" in identity(*others, statement)


@pytest.mark.no_cover
@settings(deadline=None)
@given(st.lists(allowed, min_size=1, max_size=4))
def test_a_document_of_exact_grants_always_passes(statements: list[dict[str, Any]]) -> None:
    assert identity(*statements) == set()


refusable = st.sampled_from(
    [
        allow("s3:*", on=QUEUE_ARN),
        allow("s3:GetObject"),
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": QUEUE_ARN},
        allow("iam:PassRole", on=ROLE_ARN),
    ]
)


@pytest.mark.no_cover
@settings(deadline=None)
@given(refusable, st.lists(allowed, max_size=4), st.randoms(use_true_random=False))
def test_adding_allowed_statements_never_hides_a_finding(
    bad: dict[str, Any], others: list[dict[str, Any]], random: Any
) -> None:
    together = [bad, *others]
    random.shuffle(together)
    assert identity(*together) == identity(bad) != set()
