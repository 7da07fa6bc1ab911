"""What is recorded has the ids, ARNs and addresses that AWS would give: others are built of them."""

from __future__ import annotations

import re
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.local.engineless import Engineless
from tests.local.projects import Project

ACCOUNT = "123456789012"
HERE = f"us-east-1:{ACCOUNT}"
HEX16, UUID = "[0-9a-f]{16}", "[0-9a-f]{8}-[0-9a-f-]{27}"


@pytest.mark.parametrize(
    ("token", "inputs", "shapes"),
    [
        (
            "aws:kms/key:Key",
            {"description": "Topics"},
            {"arn": f"arn:aws:kms:{HERE}:key/{UUID}", "keyId": UUID},
        ),
        (
            "aws:kms/alias:Alias",
            {"name": "alias/topics", "targetKeyId": "k-1"},
            {"arn": f"arn:aws:kms:{HERE}:alias/topics", "targetKeyArn": f"arn:aws:kms:{HERE}:key/k-1"},
        ),
        (
            "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
            {"url": "https://token.actions.githubusercontent.com", "clientIdLists": ["sts.amazonaws.com"]},
            {"arn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"},
        ),
        (
            "aws:wafv2/webAcl:WebAcl",
            {
                "name": "site",
                "scope": "CLOUDFRONT",
                "defaultAction": {},
                "visibilityConfig": {
                    "cloudwatchMetricsEnabled": True,
                    "metricName": "site",
                    "sampledRequestsEnabled": True,
                },
            },
            {"arn": f"arn:aws:wafv2:{HERE}:global/webacl/site/{UUID}"},
        ),
        (
            "aws:route53/zone:Zone",
            {"name": "vectoricons.net"},
            {"arn": "arn:aws:route53:::hostedzone/Z[0-9A-F]{13}", "zoneId": "Z[0-9A-F]{13}"},
        ),
        (
            "aws:cloudwatch/logDeliverySource:LogDeliverySource",
            {
                "name": "site",
                "logType": "ACCESS_LOGS",
                "resourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1",
            },
            {"arn": f"arn:aws:logs:{HERE}:delivery-source:site", "service": "cloudfront"},
        ),
        (
            "aws:cloudwatch/logDelivery:LogDelivery",
            {"deliverySourceName": "site", "deliveryDestinationArn": "arn"},
            {"arn": f"arn:aws:logs:{HERE}:delivery:{HEX16}"},
        ),
        (
            "aws:cloudwatch/compositeAlarm:CompositeAlarm",
            {"alarmName": "site", "alarmRule": "ALARM(a)"},
            {"arn": f"arn:aws:cloudwatch:{HERE}:alarm:site"},
        ),
        (
            "aws:cloudwatch/dashboard:Dashboard",
            {"dashboardName": "site", "dashboardBody": "{}"},
            {"dashboardArn": f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/site"},
        ),
        (
            "aws:cloudwatch/eventRule:EventRule",
            {"name": "stopped", "eventPattern": "{}"},
            {"arn": f"arn:aws:events:{HERE}:rule/stopped"},
        ),
        (
            "aws:sesv2/configurationSet:ConfigurationSet",
            {"configurationSetName": "notices"},
            {"arn": f"arn:aws:ses:{HERE}:configuration-set/notices"},
        ),
        (
            "aws:rds/instance:Instance",
            {"identifier": "replica", "instanceClass": "db.t4g.micro", "replicateSourceDb": "main"},
            {"arn": f"arn:aws:rds:{HERE}:db:replica", "address": r"replica\.[0-9a-f]+\.us-east-1\.rds.*"},
        ),
    ],
    ids=lambda value: value.rpartition(":")[2] if isinstance(value, str) else "",
)
def test_an_arn_is_of_its_services_own_form(
    offline: Engineless, token: str, inputs: dict[str, Any], shapes: dict[str, str]
) -> None:
    made = offline.create(token, **inputs)
    for output, shape in shapes.items():
        assert re.fullmatch(shape, made[output]), made[output]


@pytest.mark.usefixtures("untraced_processes")
def test_what_stands_before_a_service_is_chained_by_names_as_on_aws(offline_project: Project) -> None:
    def program() -> None:
        balancer = aws.lb.LoadBalancer("web", name="web", internal=True, subnets=["subnet-1", "subnet-2"])
        group = aws.lb.TargetGroup(
            "api", name="api", port=8000, protocol="HTTP", vpc_id="vpc-1", target_type="ip"
        )
        listener = aws.lb.Listener(
            "https",
            load_balancer_arn=balancer.arn,
            port=443,
            default_actions=[{"type": "forward", "target_group_arn": group.arn}],
        )
        rule = aws.lb.ListenerRule(
            "stream",
            listener_arn=listener.arn,
            actions=[{"type": "forward", "target_group_arn": group.arn}],
            conditions=[{"path_pattern": {"values": ["/stream"]}}],
        )
        origin = aws.cloudfront.VpcOrigin(
            "origin",
            vpc_origin_endpoint_config={
                "name": "web",
                "arn": balancer.arn,
                "http_port": 80,
                "https_port": 443,
                "origin_protocol_policy": "https-only",
                "origin_ssl_protocols": {"items": ["TLSv1.2"], "quantity": 1},
            },
        )
        key = aws.cloudfront.PublicKey("links", name="links", encoded_key="PEM")
        keys = aws.cloudfront.KeyGroup("links-keys", name="links", items=[key.id])
        target = aws.appautoscaling.Target(
            "tasks",
            resource_id="service/main/api",
            scalable_dimension="ecs:service:DesiredCount",
            service_namespace="ecs",
            min_capacity=1,
            max_capacity=4,
        )
        policy = aws.appautoscaling.Policy(
            "requests",
            name="requests",
            resource_id=target.resource_id,
            scalable_dimension=target.scalable_dimension,
            service_namespace=target.service_namespace,
            policy_type="TargetTrackingScaling",
        )
        for name, output in {
            "balancer": balancer.arn_suffix, "host": balancer.dns_name, "group": group.arn_suffix,
            "listener": listener.arn, "rule": rule.arn, "origin": origin.arn, "key": key.id, "keys": keys.id,
            "policy": policy.arn,
        }.items():  # fmt: skip
            pulumi.export(name, output)

    made = offline_project.up(program)

    balancer = made["balancer"]
    assert balancer.startswith("app/web/")
    assert made["host"] == f"internal-web-{balancer.rpartition('/')[2]}.us-east-1.elb.amazonaws.com"
    assert made["group"].startswith("targetgroup/api/")
    assert made["listener"].startswith(f"arn:aws:elasticloadbalancing:{HERE}:listener/{balancer}/")
    listener = made["listener"].partition(":listener/")[2]
    assert made["rule"].startswith(f"arn:aws:elasticloadbalancing:{HERE}:listener-rule/{listener}/")
    assert made["origin"].startswith(f"arn:aws:cloudfront::{ACCOUNT}:vpcorigin/vo_")
    assert made["key"].startswith("K")
    assert made["keys"].count("-") == 4
    assert ":resource/ecs/service/main/api:policyName/requests" in made["policy"]
    assert "unchanged" in offline_project.preview(program)
