"""Topics: encrypted by a key their publishers may use, told over TLS, heard of by somebody in the end."""

from __future__ import annotations

from vectoricons_policy.attachments import TOPIC, named, settings_of
from vectoricons_policy.known import UNKNOWN, Stack
from vectoricons_policy.properties import elements, expect, is_given
from vectoricons_policy.registry import Finding, Findings, Scope, rule
from vectoricons_policy.resource_policies import plain_http_refusals, refuses

TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


@rule(
    "sns-encrypted",
    severity="medium",
    framework="hub:SNS.1",
    why="What is published rests on disks until it is delivered; and by AWS's own key no alarm can publish.",
    fix="Set kmsMasterKeyId; where CloudWatch publishes, to a key of your own whose policy lets it.",
)
def topics_are_encrypted(stack: Stack) -> Findings:
    """Every topic."""
    alarmed = {
        named(stack, str(action), TOPIC)
        for alarm in stack.of(ALARM)
        for action in elements(alarm.properties, "alarmActions")
        if action is not UNKNOWN
    } | {urn for alarm in stack.of(ALARM) for urn in alarm.dependencies.get("alarmActions", ())}
    for topic in stack.known(TOPIC, "kmsMasterKeyId"):
        key = topic["kmsMasterKeyId"]
        if not key:
            yield Finding(topic.urn, "kmsMasterKeyId", "It declares no key.")
        elif "alias/aws/" in str(key) and topic.urn in alarmed:
            yield Finding(topic.urn, f"kmsMasterKeyId::{key}", "Alarms cannot publish by that key.")


@rule(
    "sns-tls",
    severity="medium",
    framework="nag:SNS3",
    why="SNS takes messages in the clear unless the topic's policy refuses them.",
    fix='Deny "sns:Publish" to everyone in its TopicPolicy when aws:SecureTransport is false.',
)
def topics_refuse_plain_http(stack: Stack) -> Findings:
    """Every topic."""
    for topic, policy in settings_of(stack, TOPIC_POLICY):
        source = policy.get("policy") if policy else None
        if source is UNKNOWN:
            stack.unread.add(topic.urn)
        elif not any(refuses(each, "sns:publish", "sns:*") for each in plain_http_refusals(source)):
            yield Finding(topic.urn, "aws:SecureTransport", "It takes messages without TLS.")


@rule(
    "sns-sub-dlq",
    severity="high",
    framework="",
    why="A message that cannot be delivered is dropped unless it has somewhere to go.",
    fix="Give the subscription a redrivePolicy to a queue for dead letters.",
    scope=Scope.RESOURCE,
)
def subscriptions_lose_nothing(stack: Stack) -> Findings:
    """Every subscription that is not to a person."""
    for subscription in stack.known(SUBSCRIPTION, "protocol"):
        if subscription["protocol"] not in ("email", "email-json", "sms"):
            yield from expect(
                Stack([subscription.resource]),
                SUBSCRIPTION,
                "redrivePolicy",
                is_given,
                "It drops what fails.",
            )
