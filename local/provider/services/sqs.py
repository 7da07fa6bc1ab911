"""SQS: queues and the policies that are attributes of them."""

from __future__ import annotations

from threading import Lock
from typing import Any, ClassVar

from pydantic import Field

from local.provider.resources import GoneError, Inputs, Made, Resource, resource
from local.provider.services.wire import retag
from local.provider.values import Plain

ATTRIBUTES = {
    "content_based_deduplication": "ContentBasedDeduplication",
    "deduplication_scope": "DeduplicationScope",
    "delay_seconds": "DelaySeconds",
    "fifo_queue": "FifoQueue",
    "fifo_throughput_limit": "FifoThroughputLimit",
    "kms_data_key_reuse_period_seconds": "KmsDataKeyReusePeriodSeconds",
    "kms_master_key_id": "KmsMasterKeyId",
    "max_message_size": "MaximumMessageSize",
    "message_retention_seconds": "MessageRetentionPeriod",
    "policy": "Policy",
    "receive_wait_time_seconds": "ReceiveMessageWaitTimeSeconds",
    "redrive_allow_policy": "RedriveAllowPolicy",
    "redrive_policy": "RedrivePolicy",
    "sqs_managed_sse_enabled": "SqsManagedSseEnabled",
    "visibility_timeout_seconds": "VisibilityTimeout",
}
ENDS = {
    "policy": "",
    "redrive_allow_policy": "",
    "redrive_policy": "",
    "kms_master_key_id": "",
}  # how each is unset

_WRITING = Lock()  # one writer at a time, or one would bring back the policy that another has changed


class QueueInputs(Inputs):
    """A queue; what is None is left to AWS."""

    name: str
    content_based_deduplication: bool | None = None
    deduplication_scope: str | None = None
    delay_seconds: int | None = None
    fifo_queue: bool | None = None
    fifo_throughput_limit: str | None = None
    kms_data_key_reuse_period_seconds: int | None = None
    kms_master_key_id: str | None = None
    max_message_size: int | None = None
    message_retention_seconds: int | None = None
    policy: str | None = None
    receive_wait_time_seconds: int | None = None
    redrive_allow_policy: str | None = None
    redrive_policy: str | None = None
    sqs_managed_sse_enabled: bool | None = None
    visibility_timeout_seconds: int | None = None
    tags: dict[str, str] = Field(default_factory=dict)


@resource("aws:sqs/queue:Queue")
class Queue(Resource[QueueInputs]):
    """A queue; Pulumi's id is its URL."""

    inputs = QueueInputs

    def create(self, inputs: QueueInputs) -> Made:
        url = self.client("sqs").create_queue(
            QueueName=inputs.name, Attributes=_attributes(inputs), tags=inputs.tags
        )["QueueUrl"]
        return Made(
            url, {"url": url, "arn": f"arn:aws:sqs:{self.region.region}:{self.region.account}:{inputs.name}"}
        )

    def update(self, physical_id: str, old: QueueInputs, new: QueueInputs) -> dict[str, Plain]:
        client, was, shall = self.client("sqs"), _attributes(old), _attributes(new)
        ended = {
            ATTRIBUTES[name]: end for name, end in ENDS.items() if ATTRIBUTES[name] in set(was) - set(shall)
        }
        _set(client, physical_id, {**ended, **{k: v for k, v in shall.items() if k != "FifoQueue"}})
        retag(
            old.tags,
            new.tags,
            put=lambda tags: client.tag_queue(QueueUrl=physical_id, Tags=tags),
            take=lambda keys: client.untag_queue(QueueUrl=physical_id, TagKeys=keys),
        )
        return {}

    def read(self, physical_id: str, inputs: QueueInputs) -> dict[str, Plain]:
        held = self.client("sqs").get_queue_attributes(QueueUrl=physical_id, AttributeNames=["All"])[
            "Attributes"
        ]
        found = QueueInputs.model_validate(
            {
                "name": inputs.name,
                **{name: held[theirs] for name, theirs in ATTRIBUTES.items() if theirs in held},
            }
        )
        return found.model_dump(by_alias=True, exclude_none=True, exclude={"tags"})

    def delete(self, physical_id: str, inputs: QueueInputs) -> None:
        self.client("sqs").delete_queue(QueueUrl=physical_id)


def _attributes(queue: QueueInputs) -> dict[str, str]:
    """A queue's attributes as SQS takes them: all of them text; false is said by saying nothing of FIFO."""
    given = queue.model_dump(exclude_none=True, include=set(ATTRIBUTES))
    if not queue.fifo_queue:
        given.pop("fifo_queue", None)
    return {
        ATTRIBUTES[name]: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in given.items()
        if value != ""  # the state of a queue has empty text where AWS holds nothing
    }


def _set(client: Any, url: str, attributes: dict[str, str]) -> None:
    """Set *attributes* and leave the rest: moto takes a queue's policy away whenever it is not set too."""
    with _WRITING:
        held = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        policy = {"Policy": held["Policy"]} if "Policy" in held else {}
        client.set_queue_attributes(QueueUrl=url, Attributes={**policy, **attributes})


class AttributeInputs(Inputs):
    """A queue, and the one attribute that is a resource of its own."""

    queue_url: str
    policy: str = ""
    redrive_policy: str = ""
    redrive_allow_policy: str = ""


class QueueAttribute(Resource[AttributeInputs]):
    """An attribute of a queue: there is one of each, and writing it is making it."""

    inputs = AttributeInputs
    name: ClassVar[str]  # the property that holds the document

    def create(self, inputs: AttributeInputs) -> Made:
        self._put(inputs.queue_url, getattr(inputs, self.name))
        return Made(inputs.queue_url)

    def update(self, physical_id: str, old: AttributeInputs, new: AttributeInputs) -> dict[str, Plain]:
        self._put(physical_id, getattr(new, self.name))
        return {}

    def read(self, physical_id: str, inputs: AttributeInputs) -> dict[str, Plain]:
        theirs = ATTRIBUTES[self.name]
        held = self.client("sqs").get_queue_attributes(QueueUrl=physical_id, AttributeNames=["All"])[
            "Attributes"
        ]
        if not held.get(theirs):
            raise GoneError
        alias = AttributeInputs.model_fields[self.name].alias or self.name
        return {alias: held[theirs]}

    def delete(self, physical_id: str, inputs: AttributeInputs) -> None:
        self._put(physical_id, "")

    def _put(self, url: str, document: str) -> None:
        _set(self.client("sqs"), url, {ATTRIBUTES[self.name]: document})


@resource("aws:sqs/queuePolicy:QueuePolicy")
class QueuePolicy(QueueAttribute):
    """Who may do what with a queue."""

    name = "policy"


@resource("aws:sqs/redrivePolicy:RedrivePolicy")
class RedrivePolicy(QueueAttribute):
    """Where a queue's failures go."""

    name = "redrive_policy"


@resource("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy")
class RedriveAllowPolicy(QueueAttribute):
    """Whose failures a queue takes."""

    name = "redrive_allow_policy"

    def read(self, physical_id: str, inputs: AttributeInputs) -> dict[str, Plain]:
        """That its queue is there: moto keeps the document and never shows it."""
        self.client("sqs").get_queue_attributes(QueueUrl=physical_id, AttributeNames=["QueueArn"])
        return {}
