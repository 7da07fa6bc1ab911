"""Identity: what any role may do at most, who may look at the stack, and who may change it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest
from policy_sentry.querying.actions import get_action_data

from components.base import Deployment
from components.deploying import GROUPS, MANAGED, actions, documents
from components.identity import Identity, IdentityArgs
from components.names import Names
from tests.infra.synth import Declarations, Declared, component, program

ROLE = "aws:iam/role:Role"
MINE = {f"identity-{each}-role" for each in ("preview", "drift", "images", "deploy")}
ACCOUNT = "109876543210"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/vectoricons-prod-boundary"
NAMES = Names("prod", ACCOUNT, "us-east-1")
ABOUT_ROLES = ("see-roles", "pass-roles")


@cache
def prod() -> Declarations:
    return program("prod")


def statements(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = prod().one(name).document()["Statement"]
    return found


def granted() -> Iterator[tuple[Declared, str, str]]:
    """Every action that a role of the program is granted, with its resource."""
    for policy in prod().of("aws:iam/rolePolicy:RolePolicy"):
        if policy.name.startswith("identity-"):
            continue
        for statement in policy.document()["Statement"]:
            for action in statement["Action"]:
                for resource in statement["Resource"]:
                    # What RDS named in the test's answers, it named in another account.
                    yield policy, action, resource.replace("210987654321", ACCOUNT)


# -- the boundary


def test_every_role_but_those_of_the_workflows_is_bound() -> None:
    roles = {each.name: each.inputs.get("permissionsBoundary") for each in prod().of(ROLE)}
    assert {name for name, boundary in roles.items() if boundary is None} == MINE
    assert {boundary for boundary in roles.values() if boundary} == {"arn:aws:made:::deployment-boundary"}


def test_the_boundary_allows_what_the_program_grants_and_no_action_more() -> None:
    allow, refuse, token = statements("deployment-boundary")
    assert set(allow["Action"]) | set(token["Action"]) == {action for _, action, _ in granted()}
    for policy, action, resource in granted():
        if resource != "*":
            inside = [each for each in refuse["NotResource"] if fnmatchcase(resource, each)]
            assert inside, f"{policy.name}: {action} on {resource} is beyond the boundary"


def test_the_boundary_ends_where_the_stacks_name_does() -> None:
    allow, refuse, _ = statements("deployment-boundary")
    assert set(refuse["Action"]) == set(allow["Action"])
    elsewhere = "arn:aws:s3:::vectoricons-dev-private-109876543210"
    assert not [each for each in refuse["NotResource"] if fnmatchcase(elsewhere, each)]


# -- who is let in


@pytest.mark.parametrize(
    ("role", "subject"),
    [
        (
            "preview",
            [
                "repo:vectoricons/vectoricons:pull_request",
                "repo:vectoricons/vectoricons:environment:preview",
            ],
        ),
        ("drift", "repo:vectoricons/vectoricons:environment:drift"),
        ("images", "repo:vectoricons/vectoricons:environment:images"),
        ("deploy", "repo:vectoricons/vectoricons:environment:production"),
    ],
)
def test_a_role_is_for_the_jobs_of_one_kind_in_one_repository(role: str, subject: str | list[str]) -> None:
    (trusted,) = prod().one(f"identity-{role}-role").document("assumeRolePolicy")["Statement"]
    issuer = "token.actions.githubusercontent.com"
    assert trusted["Principal"] == {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"}
    assert trusted["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    assert trusted["Condition"] == {
        "StringEquals": {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": subject}
    }


# -- what a preview may do


def test_a_preview_reads_the_state_and_its_secrets_and_nothing_of_aws() -> None:
    state = f"arn:aws:s3:::vectoricons-prod-state-{ACCOUNT}"
    list_, get, decrypt = statements("identity-preview-may")
    assert (list_["Action"], list_["Resource"]) == (["s3:ListBucket"], [state])
    assert get["Action"] == ["s3:GetObject"]
    assert get["Resource"] == [
        f"{state}/.pulumi/meta.yaml",
        f"{state}/.pulumi/stacks/vectoricons/prod.json",
    ]
    assert decrypt["Action"] == ["kms:Decrypt"]
    assert "preview" not in attached()


# -- what looking for drift may do


def attached() -> dict[str, set[str]]:
    """The policies of their own that each role has."""
    found: dict[str, set[str]] = {}
    for each in prod().of("aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
        role = each.inputs["role"].removeprefix("vectoricons-prod-")
        found.setdefault(role, set()).add(each.inputs["policyArn"].rpartition(":::")[2])
    return found


def looking() -> list[dict[str, Any]]:
    seeing = ("identity-drift-may", "identity-deploy-reads", "identity-deploy-see-roles")
    return [statement for name in seeing for statement in statements(name)]


def test_who_looks_for_drift_has_the_reads_of_who_deploys_and_can_change_nothing() -> None:
    assert attached() == {
        "drift": {"identity-deploy-reads", "identity-deploy-see-roles"},
        "deploy": {f"identity-deploy-{group}" for group in (*GROUPS, *ABOUT_ROLES)},
    }
    every = {action for statement in looking() for action in statement["Action"]}
    reading = {action for action in every if action.partition(":")[2].startswith(("Describe", "Get", "List"))}
    assert every - reading == {"kms:Decrypt"}


def test_who_looks_for_drift_sees_exactly_the_stacks_buckets_secrets_and_roles() -> None:
    named = [*statements("identity-drift-may"), *statements("identity-deploy-see-roles")]
    seen = {resource for statement in named for resource in statement["Resource"]}
    assert not [each for each in seen if "*" in each and ".pulumi" not in each]
    names = {each.inputs["bucket"] for each in prod().of("aws:s3/bucket:Bucket")}
    assert {f"arn:aws:s3:::{name}" for name in names} <= seen
    secrets = {each.inputs["name"] for each in prod().of("aws:secretsmanager/secret:Secret")}
    assert {f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:{name}-??????" for name in secrets} <= seen
    assert {f"arn:aws:iam::{ACCOUNT}:role/{each.inputs['name']}" for each in prod().of(ROLE)} <= seen


def test_a_role_that_looks_sees_whatever_a_role_that_deploys_sees() -> None:
    def sees(found: list[dict[str, Any]]) -> set[str]:
        every = {action for statement in found for action in statement["Action"]}
        return {each for each in every if each.partition(":")[2].startswith(("Describe", "Get", "List"))}

    assert sees(list(deploying())) - {"s3:GetObject"} <= sees(looking())


# -- what shipping images may do


def test_who_ships_images_reaches_the_stacks_three_repositories_and_nothing_else() -> None:
    token, ship = statements("identity-images-may")
    assert (token["Action"], token["Resource"]) == (["ecr:GetAuthorizationToken"], ["*"])
    assert {each.rpartition("-")[2] for each in ship["Resource"]} == {"api", "worker", "converter"}
    assert all(
        each.startswith(f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/vectoricons-prod-")
        for each in ship["Resource"]
    )
    assert not [each for each in ship["Action"] if "Delete" in each or "Policy" in each or "Tag" in each]
    assert "images" not in attached()


# -- what deploying may do


def deploying() -> Iterator[dict[str, Any]]:
    yield from statements("identity-deploy-may")
    for group in (*GROUPS, *ABOUT_ROLES):
        yield from statements(f"identity-deploy-{group}")


def test_a_role_is_made_and_given_rights_with_the_boundary_or_not_at_all() -> None:
    making = {"iam:CreateRole", "iam:PutRolePolicy"}
    for statement in deploying():
        if making & set(statement["Action"]):
            assert statement["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}}
    every = {action for statement in deploying() for action in statement["Action"]}
    assert not every & {
        "iam:AttachRolePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeleteRolePermissionsBoundary",
        "iam:PutRolePermissionsBoundary",
        "iam:CreateUser",
        "iam:CreateAccessKey",
    }


def test_who_deploys_changes_neither_itself_nor_the_boundary() -> None:
    own = {
        f"arn:aws:iam::{ACCOUNT}:role/vectoricons-prod-{each}"
        for each in ("preview", "drift", "images", "deploy")
    }
    for statement in deploying():
        on = statement.get("Resource", [])
        if own & set(on) or any(":policy/" in each for each in on):
            assert not [
                action for action in statement["Action"] if not action.startswith(("iam:Get", "iam:List"))
            ]


def test_each_role_of_the_program_is_handed_to_the_one_service_that_takes_it_on() -> None:
    handed = {
        role.rpartition("/")[2]: statement["Condition"]["StringEquals"]["iam:PassedToService"]
        for statement in statements("identity-deploy-pass-roles")
        if statement["Action"] == ["iam:PassRole"]
        for role in statement["Resource"]
    }
    trusted = {
        each.inputs["name"]: each.document("assumeRolePolicy")["Statement"][0]["Principal"]["Service"]
        for each in prod().of(ROLE)
        if each.name not in MINE
    }
    assert handed == trusted


@pytest.mark.parametrize("group", ["reads", "by-id", "edge"])
def test_what_is_bound_by_no_name_is_bound_to_the_stacks_regions(group: str) -> None:
    allow, *refuse = statements(f"identity-deploy-{group}")
    assert allow["Condition"] == {"StringEquals": {"aws:RequestedRegion": ["us-east-1"]}}
    assert all(each["Effect"] == "Deny" for each in refuse)


def test_only_seeing_is_among_the_reads() -> None:
    assert not [
        each
        for each in actions("reads")
        if not each.partition(":")[2].startswith(("Describe", "Get", "List"))
    ]


def test_the_network_of_another_stack_is_not_deleted() -> None:
    _, refuse = statements("identity-deploy-by-id")
    assert {"ec2:DeleteVpc", "ec2:DeleteNatGateway", "ec2:ReleaseAddress"} <= set(refuse["Action"])
    assert refuse["Condition"] == {"StringNotEquals": {"aws:ResourceTag/env": "prod"}}


@pytest.mark.parametrize("group", ["stores", "services", "notices"])
def test_what_can_be_bound_by_name_is(group: str) -> None:
    allow, refuse = statements(f"identity-deploy-{group}")
    assert set(allow["Action"]) == set(refuse["Action"])
    for action in allow["Action"]:
        service, _, verb = action.partition(":")
        (rows,) = [get_action_data(service, verb)[service]]
        assert any(row["resource_arn_format"] != "*" for row in rows), f"{action} belongs among by-id"


def test_every_group_fits_into_a_policy_and_names_no_action_twice() -> None:
    for group, text in documents(NAMES, "vectoricons.net").items():
        assert len(text) <= MANAGED, group
    every = [action for group in GROUPS for action in actions(group)]
    assert len(every) == len(set(every))


def test_a_program_of_twice_the_roles_can_be_deployed_as_well() -> None:
    roles = {each.inputs["name"] for each in prod().of(ROLE) if each.name not in MINE}
    twice = {f"arn:aws:iam::{ACCOUNT}:role/{each}{again}" for each in roles for again in ("", "-2")}

    def declare() -> None:
        Deployment.current().roles |= dict.fromkeys(twice, "ecs-tasks.amazonaws.com")
        args = IdentityArgs(
            repository="vectoricons/vectoricons",
            environment="production",
            state_bucket=f"vectoricons-prod-state-{ACCOUNT}",
            state_key=f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0a1b",
            mail_domain="vectoricons.net",
            repositories=[],
            buckets=[],
            secrets=[],
        )
        Identity("identity", args)

    declared = component(declare, stack="prod")
    seen = declared.one("identity-deploy-see-roles").document()["Statement"][0]["Resource"]
    assert len(twice & set(seen)) == 2 * len(roles)


# The verbs that make each type; a type that is new to the program is new here.
MAKES = {
    "acm/certificate": "acm:RequestCertificate",
    "acm/certificateValidation": "acm:DescribeCertificate",
    "appautoscaling/policy": "application-autoscaling:PutScalingPolicy",
    "appautoscaling/target": "application-autoscaling:RegisterScalableTarget",
    "cloudfront/cachePolicy": "cloudfront:CreateCachePolicy",
    "cloudfront/distribution": "cloudfront:CreateDistribution",
    "cloudfront/function": "cloudfront:CreateFunction",
    "cloudfront/keyGroup": "cloudfront:CreateKeyGroup",
    "cloudfront/originAccessControl": "cloudfront:CreateOriginAccessControl",
    "cloudfront/originRequestPolicy": "cloudfront:CreateOriginRequestPolicy",
    "cloudfront/publicKey": "cloudfront:CreatePublicKey",
    "cloudfront/responseHeadersPolicy": "cloudfront:CreateResponseHeadersPolicy",
    "cloudfront/vpcOrigin": "cloudfront:CreateVpcOrigin",
    "cloudwatch/dashboard": "cloudwatch:PutDashboard",
    "cloudwatch/logDelivery": "logs:CreateDelivery",
    "cloudwatch/logDeliveryDestination": "logs:PutDeliveryDestination",
    "cloudwatch/logDeliverySource": "logs:PutDeliverySource",
    "cloudwatch/logGroup": "logs:CreateLogGroup",
    "cloudwatch/logResourcePolicy": "logs:PutResourcePolicy",
    "cloudwatch/metricAlarm": "cloudwatch:PutMetricAlarm",
    "ec2/defaultSecurityGroup": "ec2:RevokeSecurityGroupIngress",
    "ec2/eip": "ec2:AllocateAddress",
    "ec2/flowLog": "ec2:CreateFlowLogs",
    "ec2/internetGateway": "ec2:CreateInternetGateway",
    "ec2/natGateway": "ec2:CreateNatGateway",
    "ec2/route": "ec2:CreateRoute",
    "ec2/routeTable": "ec2:CreateRouteTable",
    "ec2/routeTableAssociation": "ec2:AssociateRouteTable",
    "ec2/securityGroup": "ec2:CreateSecurityGroup",
    "ec2/subnet": "ec2:CreateSubnet",
    "ec2/vpc": "ec2:CreateVpc",
    "ec2/vpcEndpoint": "ec2:CreateVpcEndpoint",
    "ec2/vpcEndpointPolicy": "ec2:ModifyVpcEndpoint",
    "ecr/lifecyclePolicy": "ecr:PutLifecyclePolicy",
    "ecr/repository": "ecr:CreateRepository",
    "ecs/cluster": "ecs:CreateCluster",
    "ecs/clusterCapacityProviders": "ecs:PutClusterCapacityProviders",
    "ecs/service": "ecs:CreateService",
    "ecs/taskDefinition": "ecs:RegisterTaskDefinition",
    "elasticache/parameterGroup": "elasticache:CreateCacheParameterGroup",
    "elasticache/replicationGroup": "elasticache:CreateReplicationGroup",
    "elasticache/subnetGroup": "elasticache:CreateCacheSubnetGroup",
    "elasticache/user": "elasticache:CreateUser",
    "elasticache/userGroup": "elasticache:CreateUserGroup",
    "kms/alias": "kms:CreateAlias",
    "kms/key": "kms:CreateKey",
    "lb/listener": "elasticloadbalancing:CreateListener",
    "lb/listenerRule": "elasticloadbalancing:CreateRule",
    "lb/loadBalancer": "elasticloadbalancing:CreateLoadBalancer",
    "lb/targetGroup": "elasticloadbalancing:CreateTargetGroup",
    "rds/instance": "rds:CreateDBInstance",
    "rds/parameterGroup": "rds:CreateDBParameterGroup",
    "rds/subnetGroup": "rds:CreateDBSubnetGroup",
    "route53/record": "route53:ChangeResourceRecordSets",
    "route53/zone": "route53:CreateHostedZone",
    "s3/bucket": "s3:CreateBucket",
    "s3/bucketCorsConfiguration": "s3:PutBucketCORS",
    "s3/bucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3/bucketLogging": "s3:PutBucketLogging",
    "s3/bucketNotification": "s3:PutBucketNotification",
    "s3/bucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3/bucketPolicy": "s3:PutBucketPolicy",
    "s3/bucketPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3/bucketServerSideEncryptionConfiguration": "s3:PutEncryptionConfiguration",
    "s3/bucketVersioning": "s3:PutBucketVersioning",
    "secretsmanager/secret": "secretsmanager:CreateSecret",
    "secretsmanager/secretVersion": "secretsmanager:PutSecretValue",
    "sesv2/configurationSet": "ses:CreateConfigurationSet",
    "sesv2/configurationSetEventDestination": "ses:CreateConfigurationSetEventDestination",
    "sesv2/emailIdentity": "ses:CreateEmailIdentity",
    "sesv2/emailIdentityMailFromAttributes": "ses:PutEmailIdentityMailFromAttributes",
    "sns/topic": "sns:CreateTopic",
    "sns/topicPolicy": "sns:SetTopicAttributes",
    "sns/topicSubscription": "sns:Subscribe",
    "sqs/queue": "sqs:CreateQueue",
    "sqs/queuePolicy": "sqs:SetQueueAttributes",
    "sqs/redriveAllowPolicy": "sqs:SetQueueAttributes",
    "vpc/securityGroupEgressRule": "ec2:AuthorizeSecurityGroupEgress",
    "vpc/securityGroupIngressRule": "ec2:AuthorizeSecurityGroupIngress",
    "wafv2/webAcl": "wafv2:CreateWebACL",
    "wafv2/webAclAssociation": "wafv2:AssociateWebACL",
    "wafv2/webAclLoggingConfiguration": "wafv2:PutLoggingConfiguration",
}


def test_whatever_the_program_declares_the_deploy_role_can_make() -> None:
    may = {
        action
        for statement in deploying()
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }
    kinds = {each.type.split(":")[1] for each in prod().resources if each.type.startswith("aws:")}
    by_hand = {each for each in kinds if each.startswith("iam/")}
    for kind in kinds - by_hand:
        assert MAKES.get(kind) in may, f"{kind}: say in MAKES which action makes it, and in deploying.toml"


def test_the_documents_are_the_same_json_every_time() -> None:
    first, second = (documents(NAMES, "vectoricons.net") for _ in range(2))
    assert first == second
    assert all(json.loads(text)["Version"] == "2012-10-17" for text in first.values())
