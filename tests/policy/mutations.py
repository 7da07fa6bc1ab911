"""The program of this tree, broken once for each rule: what is changed, and which resource is to be refused.

`python -m tests.policy.mutants` runs it. All mutations share one preview, so each is of its own resource or
property; what one breaks for another rule too would be found there as one refusal too many.
"""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, route53, s3, sns

from components.containers import Container, canonical
from components.iam import document, tls_only

TREE = Path(__file__).parents[2]

Definition = dict[str, Any]


@dataclass(frozen=True)
class Mutation:
    """What is done to the resource *on* so that *rule* refuses *at*, which is the same one if not said.

    A function among the values of *change* makes the new value of the property from the old.
    """

    rule: str
    on: str
    change: Mapping[str, Any] = field(default_factory=dict)
    at: str = ""
    containers: Callable[[list[Definition]], None] | None = None
    unprotect: bool = False

    @property
    def refused(self) -> tuple[str, str]:
        """The rule, and the logical name of the resource that it refuses."""
        return self.rule, self.at or self.on


def mutate(mutations: Sequence[Mutation]) -> None:
    """Run the program with all of *mutations*, and with what is to be refused for being there at all."""

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        mine = [each for each in mutations if each.on == args.name]
        props, opts = dict(args.props), args.opts
        for each in mine:
            for name, value in each.change.items():
                props[name] = value(props.get(name)) if callable(value) else value
            if each.unprotect:
                opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=False))
        broken = [each.containers for each in mine if each.containers]
        if broken:
            props["container_definitions"] = _definitions(args.name.removesuffix("-definition"), broken)
        return pulumi.ResourceTransformationResult(props, opts) if mine else None

    pulumi.runtime.register_stack_transformation(transform)
    program = runpy.run_path(str(TREE / "__main__.py"), run_name="__main__")
    _strangers(program)


def _definitions(service: str, broken: Sequence[Callable[[list[Definition]], None]]) -> str:
    """Definitions as *service* could have them, wholly known, and then broken."""
    container = Container(
        name=service,
        image=f"123456789012.dkr.ecr.us-east-1.amazonaws.com/vectoricons@sha256:{'0' * 64}",
        command=["worker", "relay"],
        cpu=256,
        memory=1024,
        environment={"LOG_LEVEL": "INFO"},
        secrets={},
        log_group=f"vectoricons-{pulumi.get_stack()}-{service}",
        region="us-east-1",
        health=["true"],
    )
    definitions = json.loads(canonical([container.definition()]))
    for each in broken:
        each(definitions)
    return json.dumps(definitions)


def _unasked(definitions: list[Definition]) -> None:
    del definitions[0]["healthCheck"]


def _set(**values: Any) -> Callable[[list[Definition]], None]:
    return lambda definitions: definitions[0].update(values)


def _document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _allow(action: str, resource: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def _refusal(action: str) -> dict[str, Any]:
    return tls_only(action, "*").as_dict()


def _with(**values: Any) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    return lambda old: {**old, **values}


def _json_with(**values: Any) -> Callable[[str], str]:
    return lambda old: json.dumps({**json.loads(old), **values})


def _without_conditions(policy: str) -> str:
    """*policy* with all that it allows allowed to everybody's resources."""
    statements = json.loads(policy)["Statement"]
    for each in statements:
        if each["Effect"] == "Allow":
            del each["Condition"]
    return _document(*statements)


def _named(thing: str) -> Callable[[str], str]:
    return lambda _: f"vectoricons-{pulumi.get_stack()}-{thing}"


_TOPIC = "arn:aws:sns:us-east-1:123456789012:events"
_PLAIN_ORIGIN = {
    "origin_id": "plain",
    "domain_name": "plain.example",
    "custom_origin_config": {
        "http_port": 80,
        "https_port": 443,
        "origin_protocol_policy": "http-only",
        "origin_ssl_protocols": ["TLSv1.2"],
    },
}

MUTATIONS = [
    Mutation("iam-no-wildcard", "worker-relay-may-work", {"policy": _document(_allow("sns:*", _TOPIC))}),
    Mutation(
        "iam-known-actions", "worker-images-may-work", {"policy": _document(_allow("sns:Publsh", _TOPIC))}
    ),
    Mutation(
        "iam-resource-types", "worker-intake-may-work", {"policy": _document(_allow("s3:GetObject", _TOPIC))}
    ),
    Mutation("rds-encrypted", "database-instance", {"storage_encrypted": False}),
    Mutation("rds-private", "database-instance", {"publicly_accessible": True}),
    Mutation("rds-multi-az", "database-instance", {"multi_az": False}),
    Mutation("rds-deletion-protection", "database-instance", {"deletion_protection": False}),
    Mutation("rds-backups", "database-instance", {"copy_tags_to_snapshot": False}),
    Mutation("rds-backups-kept", "database-instance", {"backup_retention_period": 7}),
    Mutation("rds-minor-upgrades", "database-instance", {"auto_minor_version_upgrade": False}),
    Mutation("rds-logs", "database-instance", {"enabled_cloudwatch_logs_exports": ["upgrade"]}),
    Mutation("rds-managed-secret", "database-instance", {"manage_master_user_password": None}),
    Mutation("rds-iam-auth", "database-instance", {"iam_database_authentication_enabled": False}),
    Mutation("rds-admin-name", "database-instance", {"username": "postgres"}),
    Mutation("rds-insights", "database-instance", {"performance_insights_enabled": False}),
    Mutation("no-apply-immediately", "database-instance", {"apply_immediately": True}),
    Mutation("stateful-protected", "database-instance", unprotect=True),
    Mutation("rds-tls", "database-parameters", {"parameters": []}),
    Mutation("cache-encrypted", "cache-servers", {"at_rest_encryption_enabled": False}),
    Mutation("cache-auth", "cache-servers", {"user_group_ids": None}),
    Mutation("cache-ha", "cache-servers", {"multi_az_enabled": False}),
    Mutation("cache-backups", "cache-servers", {"snapshot_retention_limit": 0}),
    Mutation("queue-store-noeviction", "cache-parameters", {"parameters": []}),
    Mutation("s3-bpa", "private-public-access", {"block_public_policy": False}, at="private-bucket"),
    Mutation(
        "s3-tls-only", "private-policy", {"policy": _document(_refusal("s3:GetObject"))}, "private-bucket"
    ),
    Mutation("s3-sse", "uploads-encryption", {"bucket": "elsewhere"}, at="uploads-bucket"),
    Mutation("s3-versioning", "uploads-versioning", {"bucket": "elsewhere"}, at="uploads-bucket"),
    Mutation("s3-lifecycle", "uploads-lifecycle", {"bucket": "elsewhere"}, at="uploads-bucket"),
    Mutation("s3-ownership", "uploads-ownership", {"bucket": "elsewhere"}, at="uploads-bucket"),
    Mutation("s3-access-logs", "uploads-access-log", {"bucket": "elsewhere"}, at="uploads-bucket"),
    Mutation("s3-no-inline", "public-bucket", {"acl": "private"}),
    Mutation("s3-no-force-destroy", "public-bucket", {"force_destroy": True}),
    Mutation("cdn-oac", "assets-access", {"signing_behavior": "never"}),
    Mutation(
        "cdn-https",
        "frontend-distribution",
        {"default_cache_behavior": _with(viewer_protocol_policy="allow-all")},
    ),
    Mutation(
        "cdn-no-forwarded-values",
        "frontend-distribution",
        {"default_cache_behavior": _with(response_headers_policy_id=None)},
    ),
    Mutation(
        "cdn-tls",
        "frontend-distribution",
        {"viewer_certificate": _with(minimum_protocol_version="TLSv1.1_2016")},
    ),
    Mutation(
        "cdn-origin-tls",
        "frontend-distribution",
        {"origins": lambda old: [*old, _PLAIN_ORIGIN]},
    ),
    Mutation(
        "cdn-logging",
        "assets-log-source",
        {"resource_arn": "arn:aws:cloudfront::123456789012:distribution/elsewhere"},
        at="assets-distribution",
    ),
    Mutation("cdn-waf", "assets-distribution", {"web_acl_id": None}),
    Mutation("alb-headers", "load-balancer-balancer", {"drop_invalid_header_fields": False}),
    Mutation("alb-protected", "load-balancer-balancer", {"enable_deletion_protection": False}),
    Mutation("alb-https", "load-balancer-https", {"ssl_policy": "ELBSecurityPolicy-2016-08"}),
    Mutation("ecs-healthcheck", "worker-relay-definition", containers=_unasked),
    Mutation("ecs-nonroot", "worker-intake-definition", containers=_set(user="root")),
    Mutation("ecs-readonly-root", "worker-images-definition", containers=_set(readonlyRootFilesystem=False)),
    Mutation("ecs-unprivileged", "worker-previews-definition", containers=_set(privileged=True)),
    Mutation("ecs-init", "worker-relay-definition", containers=_set(stopTimeout=2)),
    Mutation(
        "ecs-no-plain-secrets",
        "worker-messenger-definition",
        containers=_set(environment=[{"name": "SMTP_PASSWORD", "value": "hunter2"}]),
    ),
    Mutation(
        "ecs-logs", "worker-reaper-definition", containers=_set(logConfiguration={"logDriver": "splunk"})
    ),
    Mutation("ecs-image-digest", "api-definition", containers=_set(image="vectoricons:latest")),
    Mutation("ecs-canonical-json", "stream-definition", containers=_set(dependsOn=[])),
    Mutation(
        "ecs-private",
        "worker-intake-service",
        {"network_configuration": {"subnets": ["subnet-1"], "assign_public_ip": True}},
    ),
    Mutation(
        "ecs-circuit-breaker",
        "worker-images-service",
        {"deployment_circuit_breaker": {"enable": True, "rollback": False}},
    ),
    Mutation("ecs-platform", "worker-previews-service", {"platform_version": "1.3.0"}),
    Mutation("ecs-exec", "worker-relay-service", {"enable_execute_command": True}),
    Mutation(
        "ecs-spot",
        "worker-messenger-service",
        {"capacity_provider_strategies": [{"capacity_provider": "FARGATE_SPOT", "weight": 1}]},
    ),
    Mutation(
        "ecs-insights", "cluster-cluster", {"settings": [{"name": "containerInsights", "value": "disabled"}]}
    ),
    Mutation(
        "ecs-scaled",
        "worker-relay-scaling-policy",
        {
            "target_tracking_scaling_policy_configuration": {
                "target_value": 60,
                "predefined_metric_specification": {
                    "predefined_metric_type": "ECSServiceAverageCPUUtilization"
                },
            }
        },
    ),
    Mutation("sqs-encrypted", "messages-dead", {"sqs_managed_sse_enabled": False}),
    Mutation("sqs-dlq", "incoming-queue", {"redrive_policy": _json_with(maxReceiveCount=100)}),
    Mutation("sqs-visibility", "messages-queue", {"visibility_timeout_seconds": 30}),
    Mutation(
        "sqs-tls", "messages-policy", {"policy": _document(_refusal("sqs:SendMessage"))}, "messages-queue"
    ),
    Mutation("sqs-not-public", "incoming-policy", {"policy": _without_conditions}),
    Mutation("sns-encrypted", "events-topic", {"kms_master_key_id": None}),
    Mutation("sns-tls", "events-policy", {"policy": _document(_refusal("sns:Subscribe"))}, "events-topic"),
    Mutation("secret-cmk-window", "session-key-secret", {"recovery_window_in_days": 0}),
    Mutation("ecr-immutable", "images-api", {"image_tag_mutability": "MUTABLE"}),
    Mutation("ecr-scan", "images-api", {"image_scanning_configuration": {"scan_on_push": False}}),
    Mutation("ecr-lifecycle", "images-worker-lifecycle", {"repository": "elsewhere"}, at="images-worker"),
    Mutation("logs-retention", "api-log", {"retention_in_days": None}),
    Mutation("logs-kept", "stream-log", {"retention_in_days": 30}),
    Mutation("logs-cmk", "worker-relay-log", {"kms_key_id": None}),
    Mutation("alarms-actions", "cache-1-memory-alarm", {"alarm_actions": []}),
    Mutation("alarms-exist", "database-instance", {"identifier": _named("unwatched")}),
    Mutation("dlq-alarm", "messages-dead-alarm", {"dimensions": {"QueueName": "elsewhere"}}, "messages-dead"),
    Mutation("kms-rotation", "alerts-key", {"enable_key_rotation": False}),
    Mutation(
        "vpc-endpoints",
        "network-s3",
        {"service_name": "com.amazonaws.us-east-1.dynamodb"},
        at="network-vpc",
    ),
    Mutation("vpc-flow-logs", "network-flow-log", {"vpc_id": "vpc-elsewhere"}, at="network-vpc"),
    Mutation(
        "default-sg-closed",
        "network-default",
        {"egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]},
    ),
    Mutation("subnet-no-public-ip", "network-public-us-east-1a", {"map_public_ip_on_launch": True}),
    Mutation(
        "sg-no-open-ingress",
        "api-into-database",
        {"referenced_security_group_id": None, "cidr_ipv4": "0.0.0.0/0"},
    ),
    Mutation(
        "sg-no-inline",
        "cache-group",
        {"ingress": [{"protocol": "tcp", "from_port": 6379, "to_port": 6379, "cidr_blocks": ["10.0.0.0/8"]}]},
    ),
    Mutation("sg-egress-scoped", "api-to-https", {"ip_protocol": "-1", "from_port": None, "to_port": None}),
    Mutation("explicit-names", "database-parameters", {"name": "postgres"}),
    Mutation("required-tags", "network-app-us-east-1a", {"tags": {"Name": "app"}}),
    # These are refused for being there at all.
    Mutation("sns-sub-dlq", "events-second"),
    Mutation("single-writer", "uploads-second-policy"),
    Mutation("one-owner", "stray"),
    Mutation("dns-no-overwrite", "mail-overwriting"),
]


def _strangers(program: Mapping[str, Any]) -> None:
    """Resources that the program does not have, each of which one rule refuses."""
    sns.TopicSubscription(
        "events-second",
        topic=program["events"].created,
        protocol="https",
        endpoint="https://icons.example/hook",
        opts=pulumi.ResourceOptions(parent=program["events"]),
    )
    s3.BucketPolicy(
        "uploads-second-policy",
        bucket=program["uploads"].name,
        policy=document(tls_only("s3:*", program["uploads"].arn, f"{program['uploads'].arn}/*")),
        opts=pulumi.ResourceOptions(parent=program["uploads"]),
    )
    route53.Record(
        "mail-overwriting",
        name="www",
        type="CNAME",
        zone_id="Z1",
        records=["icons.example"],
        ttl=300,
        allow_overwrite=True,
        opts=pulumi.ResourceOptions(parent=program["mail"]),
    )
    cloudwatch.Dashboard(
        "stray",
        dashboard_name=f"vectoricons-{pulumi.get_stack()}-stray",
        dashboard_body='{"widgets": []}',
        opts=pulumi.ResourceOptions(provider=program["uploads"].deployment.aws),
    )
