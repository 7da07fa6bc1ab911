"""SNS: topics, their policies and their subscriptions."""

from __future__ import annotations

import json

from pydantic import Field

from local.provider.resources import Inputs, Made, Resource, resource
from local.provider.services.wire import retag, tag_list
from local.provider.values import Plain

TOPIC = {
    "content_based_deduplication": "ContentBasedDeduplication",
    "delivery_policy": "DeliveryPolicy",
    "display_name": "DisplayName",
    "fifo_topic": "FifoTopic",
    "kms_master_key_id": "KmsMasterKeyId",
    "policy": "Policy",
    "signature_version": "SignatureVersion",
    "tracing_config": "TracingConfig",
}
SUBSCRIPTION = {
    "delivery_policy": "DeliveryPolicy",
    "filter_policy": "FilterPolicy",
    "filter_policy_scope": "FilterPolicyScope",
    "raw_message_delivery": "RawMessageDelivery",
    "redrive_policy": "RedrivePolicy",
}
ENDS = {"FilterPolicy": "{}", "RawMessageDelivery": "false", "FilterPolicyScope": "MessageAttributes"}


def _attributes(inputs: Inputs, names: dict[str, str]) -> dict[str, str]:
    """What is set, as SNS takes it: all of it text; the state has empty text where AWS holds nothing."""
    given = inputs.model_dump(exclude_none=True, include=set(names))
    spelt = {names[k]: str(v).lower() if isinstance(v, bool) else str(v) for k, v in given.items()}
    return {name: value for name, value in spelt.items() if value != ""}


class TopicInputs(Inputs):
    """A topic; what is None is left to AWS."""

    name: str
    content_based_deduplication: bool | None = None
    delivery_policy: str | None = None
    display_name: str | None = None
    fifo_topic: bool | None = None
    kms_master_key_id: str | None = None
    policy: str | None = None
    signature_version: int | None = None
    tracing_config: str | None = None
    tags: dict[str, str] = Field(default_factory=dict)


@resource("aws:sns/topic:Topic")
class Topic(Resource[TopicInputs]):
    """A topic; Pulumi's id is its ARN."""

    inputs = TopicInputs

    def create(self, inputs: TopicInputs) -> Made:
        arn = self.client("sns").create_topic(
            Name=inputs.name, Attributes=_attributes(inputs, TOPIC), Tags=tag_list(inputs.tags)
        )["TopicArn"]
        return Made(arn, {"arn": arn, "owner": self.region.account})

    def update(self, physical_id: str, old: TopicInputs, new: TopicInputs) -> dict[str, Plain]:
        client, was, shall = self.client("sns"), _attributes(old, TOPIC), _attributes(new, TOPIC)
        for name in sorted(set(was) | set(shall)):
            if was.get(name) != shall.get(name):
                client.set_topic_attributes(
                    TopicArn=physical_id, AttributeName=name, AttributeValue=shall.get(name, "")
                )
        retag(
            old.tags,
            new.tags,
            put=lambda tags: client.tag_resource(ResourceArn=physical_id, Tags=tag_list(tags)),
            take=lambda keys: client.untag_resource(ResourceArn=physical_id, TagKeys=keys),
        )
        return {}

    def read(self, physical_id: str, inputs: TopicInputs) -> dict[str, Plain]:
        held = self.client("sns").get_topic_attributes(TopicArn=physical_id)["Attributes"]
        found = {name: held[theirs] for name, theirs in TOPIC.items() if held.get(theirs)}
        return TopicInputs.model_validate({"name": inputs.name, **found}).model_dump(
            by_alias=True, exclude_none=True, exclude={"tags"}
        )

    def delete(self, physical_id: str, inputs: TopicInputs) -> None:
        self.client("sns").delete_topic(TopicArn=physical_id)


class TopicPolicyInputs(Inputs):
    """A topic's policy document."""

    arn: str
    policy: str


@resource("aws:sns/topicPolicy:TopicPolicy")
class TopicPolicy(Resource[TopicPolicyInputs]):
    """Who may do what with a topic."""

    inputs = TopicPolicyInputs

    def create(self, inputs: TopicPolicyInputs) -> Made:
        self._put(inputs.arn, inputs.policy)
        return Made(inputs.arn, {"owner": self.region.account})

    def update(self, physical_id: str, old: TopicPolicyInputs, new: TopicPolicyInputs) -> dict[str, Plain]:
        self._put(physical_id, new.policy)
        return {}

    def read(self, physical_id: str, inputs: TopicPolicyInputs) -> dict[str, Plain]:
        return {
            "policy": self.client("sns").get_topic_attributes(TopicArn=physical_id)["Attributes"]["Policy"]
        }

    def delete(self, physical_id: str, inputs: TopicPolicyInputs) -> None:
        """A topic always has a policy: the one left is the account's own right to it."""
        owner = {"AWS": f"arn:aws:iam::{self.region.account}:root"}
        rights = [
            "sns:Publish",
            "sns:Subscribe",
            "sns:GetTopicAttributes",
            "sns:SetTopicAttributes",
            "sns:DeleteTopic",
        ]
        statement = {"Effect": "Allow", "Principal": owner, "Action": rights, "Resource": physical_id}
        self._put(physical_id, json.dumps({"Version": "2012-10-17", "Statement": [statement]}))

    def _put(self, arn: str, policy: str) -> None:
        self.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


class SubscriptionInputs(Inputs):
    """Who hears of a topic's messages, and which of them."""

    topic: str
    protocol: str
    endpoint: str
    delivery_policy: str | None = None
    filter_policy: str | None = None
    filter_policy_scope: str | None = None
    raw_message_delivery: bool | None = None
    redrive_policy: str | None = None


@resource("aws:sns/topicSubscription:TopicSubscription")
class TopicSubscription(Resource[SubscriptionInputs]):
    """A subscription; Pulumi's id is its ARN."""

    inputs = SubscriptionInputs

    def create(self, inputs: SubscriptionInputs) -> Made:
        arn = self.client("sns").subscribe(
            TopicArn=inputs.topic,
            Protocol=inputs.protocol,
            Endpoint=inputs.endpoint,
            Attributes=_attributes(inputs, SUBSCRIPTION),
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        answers = {
            "confirmationWasAuthenticated": True,
            "pendingConfirmation": False,
            "ownerId": self.region.account,
        }
        return Made(arn, {"arn": arn, **answers})

    def update(self, physical_id: str, old: SubscriptionInputs, new: SubscriptionInputs) -> dict[str, Plain]:
        was, shall = _attributes(old, SUBSCRIPTION), _attributes(new, SUBSCRIPTION)
        for name in sorted(set(was) | set(shall)):
            if was.get(name) != shall.get(name):
                value = shall.get(name, ENDS.get(name, ""))
                self.client("sns").set_subscription_attributes(
                    SubscriptionArn=physical_id, AttributeName=name, AttributeValue=value
                )
        return {}

    def read(self, physical_id: str, inputs: SubscriptionInputs) -> dict[str, Plain]:
        held = self.client("sns").get_subscription_attributes(SubscriptionArn=physical_id)["Attributes"]
        found = {name: held[theirs] for name, theirs in SUBSCRIPTION.items() if held.get(theirs)}
        return SubscriptionInputs.model_validate(
            {"topic": held["TopicArn"], "protocol": held["Protocol"], "endpoint": held["Endpoint"], **found}
        ).model_dump(by_alias=True, exclude_none=True)

    def delete(self, physical_id: str, inputs: SubscriptionInputs) -> None:
        self.client("sns").unsubscribe(SubscriptionArn=physical_id)
