"""Queues: messages are kept when they cannot be handled, and nobody reads them on a disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from vectoricons_policy.attachments import (
    QUEUE,
    REDRIVE_ALLOW_POLICY,
    REDRIVE_POLICY,
    Attachments,
    named,
    settings_of,
    target_of,
)
from vectoricons_policy.known import UNKNOWN, Resource, Stack
from vectoricons_policy.properties import at_least, number
from vectoricons_policy.registry import Finding, Findings, Scope, rule
from vectoricons_policy.resource_policies import plain_http_refusals, refuses, unbound_senders

Setting = TypeVar("Setting", bound=BaseModel)

# What besides a queue gives up on messages: as JSON like a queue's, or by the ARN at a path.
_SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
OTHER_SENDERS = {
    "aws:cloudwatch/eventTarget:EventTarget": "deadLetterConfig.arn",
    "aws:lambda/eventSourceMapping:EventSourceMapping": "destinationConfig.onFailure.destinationArn",
    "aws:lambda/function:Function": "deadLetterConfig.targetArn",
    "aws:scheduler/schedule:Schedule": "target.deadLetterConfig.arn",
}

QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
_FUNCTION = "aws:lambda/function:Function"
# The longest that a task on Fargate is given to stop.
_STOP = 120
_FOURTEEN_DAYS = 14 * 24 * 60 * 60


class Redrive(BaseModel):
    """Where messages go after how many receives."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)
    dead_letter_target_arn: str
    max_receive_count: int | None = None


class RedriveAllow(BaseModel):
    """Which queues may send their dead letters here."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)
    redrive_permission: str
    source_queue_arns: tuple[str, ...] = ()


@rule(
    "sqs-encrypted",
    severity="medium",
    framework="hub:SQS.1, nag:SQS2",
    why="Messages rest on AWS's disks until they are read; undeclared encryption can be lost unseen.",
    fix="Set sqsManagedSseEnabled to true, or kmsMasterKeyId to a key of your own.",
    scope=Scope.RESOURCE,
)
def queues_are_encrypted(stack: Stack) -> Findings:
    """Every queue, dead letters too."""
    for queue in stack.known(QUEUE, "sqsManagedSseEnabled", "kmsMasterKeyId"):
        if queue["sqsManagedSseEnabled"] is not True and not queue["kmsMasterKeyId"]:
            yield Finding(queue.urn, "sqsManagedSseEnabled", "It declares no encryption at rest.")


@dataclass(frozen=True)
class _Route:
    """Where a queue's dead letters go: its redrive policy as given, and the queue that it names.

    The target is a URN, a name from elsewhere, or None while it cannot be told.
    """

    queue: Resource
    policy: object
    target: str | None


@rule(
    "sqs-dlq",
    severity="high",
    framework="nag:SQS3",
    why="A poison message without a dead-letter queue is retried until it expires, and then is gone.",
    fix="Give the queue a redrive policy to a declared dead-letter queue, 3 to 10 receives; let that queue "
    "keep messages 14 days and take them from its named sources alone.",
)
def queues_have_dead_letters(stack: Stack) -> Findings:
    """Every queue that is not itself one for dead letters; and those are set up as such."""
    policies = Attachments(stack, REDRIVE_POLICY)
    allowed = Attachments(stack, REDRIVE_ALLOW_POLICY)
    routes = [_route(stack, queue, policies) for queue in stack.of(QUEUE)]
    others = set(_targets_of_others(stack))
    untold = None in others or any(route.policy is not None and route.target is None for route in routes)
    for route in routes:
        sources = [other.queue for other in routes if other.target == route.queue.urn and other is not route]
        if sources or route.queue.urn in others:
            yield from _dead_letter_queue(stack, route.queue, sources, allowed)
        elif route.policy is UNKNOWN or (route.policy is None and untold):
            stack.unread.add(route.queue.urn)  # it may yet turn out to be the one for dead letters
        else:
            yield from _ordinary_queue(stack, route)


def dead_letter_queues(stack: Stack) -> Iterator[Resource]:
    """Every queue that another sends its dead letters to, or something that is no queue."""
    policies = Attachments(stack, REDRIVE_POLICY)
    routes = [_route(stack, queue, policies) for queue in stack.of(QUEUE)]
    ends = {route.target for route in routes if route.policy is not None} | set(_targets_of_others(stack))
    return (route.queue for route in routes if route.queue.urn in ends)


def _route(stack: Stack, queue: Resource, policies: Attachments) -> _Route:
    holder, policy = _setting(queue, "redrivePolicy", policies)
    if policy is UNKNOWN:
        return _Route(queue, policy, target_of(stack, holder, "redrivePolicy", QUEUE))
    redrive = _parsed(Redrive, policy)
    return _Route(queue, policy, named(stack, redrive.dead_letter_target_arn, QUEUE) if redrive else "")


def _targets_of_others(stack: Stack) -> Iterator[str | None]:
    """Where topics, events and functions leave what they cannot deliver; None for one that cannot be told."""
    for subscription in stack.of(_SUBSCRIPTION):
        policy = subscription.get("redrivePolicy")
        redrive = _parsed(Redrive, policy)
        if redrive:
            yield named(stack, redrive.dead_letter_target_arn, QUEUE)
        elif policy is UNKNOWN:
            yield target_of(stack, subscription, "redrivePolicy", QUEUE)
    for type_, path in OTHER_SENDERS.items():
        for _, arn in stack.parts(type_, path):
            yield named(stack, str(arn), QUEUE)
        for sender in stack.of(type_):
            property_ = path.split(".")[0]
            if sender.get(property_) is UNKNOWN:
                yield target_of(stack, sender, property_, QUEUE)


def _setting(queue: Resource, name: str, attachments: Attachments) -> tuple[Resource, object]:
    """Who sets *name* of *queue*, itself or what is attached to it, and to what; UNKNOWN if untold."""
    for holder in (queue, *attachments.to(queue.urn)):
        value = holder.get(name)
        if value:
            return holder, value
    return queue, UNKNOWN if attachments.adrift else None


def _ordinary_queue(stack: Stack, route: _Route) -> Findings:
    urn = route.queue.urn
    if route.policy is None:
        yield Finding(urn, "redrivePolicy", "It has no redrive policy.")
        return
    redrive = _parsed(Redrive, route.policy)
    if redrive is None:
        message = "Its redrive policy is not JSON with deadLetterTargetArn and maxReceiveCount."
        yield Finding(urn, "redrivePolicy", message)
        return
    count = redrive.max_receive_count
    if count is None or not 3 <= count <= 10:
        yield Finding(
            urn, f"maxReceiveCount::{count}", f"It gives a message up after {count} receives, not 3 to 10."
        )
    if route.target == urn or (route.target is not None and route.target not in stack):
        message = (
            f"Its dead letters go to {redrive.dead_letter_target_arn}, which is no other queue of this stack."
        )
        yield Finding(urn, "deadLetterTargetArn", message)


def _dead_letter_queue(
    stack: Stack, queue: Resource, sources: list[Resource], allowed: Attachments
) -> Findings:
    retention = queue.get("messageRetentionSeconds")
    _, policy = _setting(queue, "redriveAllowPolicy", allowed)
    if UNKNOWN in (retention, policy):
        stack.unread.add(queue.urn)
    if retention not in (UNKNOWN, _FOURTEEN_DAYS):
        message = f"It keeps dead letters {retention} s, not {_FOURTEEN_DAYS} (14 days)."
        yield Finding(queue.urn, "messageRetentionSeconds", message)
    if sources and policy is not UNKNOWN and not _takes_from(stack, policy, sources):
        names = ", ".join(sorted(source.label for source in sources))
        message = f"Its redrive allow policy does not say byQueue with the ARN of {names}."
        yield Finding(queue.urn, "redriveAllowPolicy", message)


def _takes_from(stack: Stack, policy: object, sources: list[Resource]) -> bool:
    allow = _parsed(RedriveAllow, policy)
    if allow is None or allow.redrive_permission != "byQueue":
        return False
    named_sources = {named(stack, arn, QUEUE) for arn in allow.source_queue_arns}
    return {source.urn for source in sources} <= named_sources or None in named_sources


def _parsed(model: type[Setting], policy: object) -> Setting | None:
    """*policy*, JSON text or an object, as *model*; None when it is not one."""
    try:
        return model.model_validate_json(policy) if isinstance(policy, str) else model.model_validate(policy)
    except ValidationError:
        return None


@rule(
    "sqs-tls",
    severity="medium",
    framework="nag:SQS4",
    why="SQS takes messages in the clear unless the queue's policy refuses them.",
    fix='Deny "sqs:*" to everyone in its QueuePolicy when aws:SecureTransport is false.',
)
def queues_refuse_plain_http(stack: Stack) -> Findings:
    """Every queue, dead letters too."""
    for queue, policy in settings_of(stack, QUEUE_POLICY):
        source = policy.get("policy") if policy else None
        if source is UNKNOWN:
            stack.unread.add(queue.urn)
        elif not any(refuses(each, "sqs:*") for each in plain_http_refusals(source)):
            yield Finding(queue.urn, "aws:SecureTransport", "It takes messages without TLS.")


@rule(
    "sqs-not-public",
    severity="high",
    framework="hub:SQS.3",
    why="A service that may send for anybody can be made to send by anybody who is its customer.",
    fix="Bind what the QueuePolicy allows a service by aws:SourceArn.",
    scope=Scope.RESOURCE,
)
def queues_know_their_senders(stack: Stack) -> Findings:
    """Every policy of a queue; iam-no-wildcard looks at principals that are anyone."""
    for type_ in (QUEUE_POLICY, QUEUE):
        for holder in stack.known(type_, "policy"):
            for service in unbound_senders(holder["policy"]):
                yield Finding(holder.urn, f"aws:SourceArn::{service}", f"{service} may send for anybody.")


@rule(
    "sqs-visibility",
    severity="high",
    framework="",
    why="A message that comes back while it is still being worked on is worked on twice.",
    fix=f"Set visibilityTimeoutSeconds to {_STOP} or more, so that a task can stop in peace, and to six "
    f"times the "
    "timeout of a function that is called by the queue.",
)
def messages_do_not_come_back_too_soon(stack: Stack) -> Findings:
    """Every queue that has dead letters, and so a consumer."""
    functions = _called_functions(stack)
    for queue in stack.of(QUEUE):
        seconds = queue.get("visibilityTimeoutSeconds")
        needed = max([_STOP, *(6 * timeout for timeout in functions.get(queue.urn, ()))])
        if seconds is UNKNOWN:
            stack.unread.add(queue.urn)
        elif queue.get("redrivePolicy") is not None and not at_least(needed)(seconds):
            message = f"Its messages come back after {seconds or 30} s, before {needed:.0f} s."
            yield Finding(queue.urn, "visibilityTimeoutSeconds", message)


def _called_functions(stack: Stack) -> dict[str, list[float]]:
    """The timeouts of the functions that each queue calls; Lambda's own default is 3 s."""
    timeouts: dict[str, list[float]] = {}
    for mapping in stack.of("aws:lambda/eventSourceMapping:EventSourceMapping"):
        queue = target_of(stack, mapping, "eventSourceArn", QUEUE)
        called = target_of(stack, mapping, "functionName", _FUNCTION)
        for function in stack.of(_FUNCTION):
            if queue and function.urn == called:
                timeouts.setdefault(queue, []).append(number(function.get("timeout")) or 3)
    return timeouts
