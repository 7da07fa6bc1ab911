"""Where alarms are heard: the topic that leads them to people."""

from __future__ import annotations

from pulumi import Output, ResourceOptions
from pulumi_aws import sns

from components.alarms import TOPIC
from components.base import Component
from components.iam import accept, document, of_key, tls_only
from components.keys import encryption_key
from components.messaging import Sender


class Alerts(Component):
    """The topic that every alarm of the stack speaks on, and that nobody else may use.

    CloudWatch cannot publish through AWS's own key for SNS, so the topic has a key of ours.

    Creates: aws.sns.Topic, aws.sns.TopicPolicy, aws.kms.Key, aws.kms.Alias.
    """

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        if name != TOPIC:
            raise ValueError(f"{name}: every alarm names its topic {TOPIC}; call the component so.")
        self.arn = self.names.arn("topic", self.names.of("topic", name))
        alarms = self.names.arn("alarm", self.names.of("alarm", "x")).removesuffix("x") + "*"
        key = encryption_key(
            self.child("key"),
            alias=self.names.of("key-alias", name),
            account=self.names.account,
            purpose=f"Encrypts what the alarms of {self.names.stem} say",
            used_by=of_key(
                {"Service": "cloudwatch.amazonaws.com"},
                "kms:Decrypt",
                "kms:GenerateDataKey",
                when={
                    "ArnLike": {"aws:SourceArn": alarms},
                    "StringEquals": {"aws:SourceAccount": self.names.account},
                },
            ),
            tags=self.tags(),
            opts=self.child_opts(protect=self.care.protect),
        )
        topic = sns.Topic(
            self.child("topic"),
            name=self.names.of("topic", name),
            kms_master_key_id=key,
            tags=self.tags(),
            opts=self.child_opts(),
        )
        self.created: Output[str] = topic.arn
        publish = accept(
            "cloudwatch.amazonaws.com",
            "sns:Publish",
            on=self.arn,
            source=alarms,
            account=self.names.account,
        )
        sns.TopicPolicy(
            self.child("policy"),
            arn=self.created,
            policy=document(publish, tls_only("sns:Publish", self.arn)),
            opts=self.child_opts(),
        )
        self.register_outputs({"arn": self.created})

    def sends(self) -> Sender:
        """This topic as one that a queue takes messages from."""
        return Sender("sns.amazonaws.com", self.arn)
