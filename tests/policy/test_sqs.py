"""sqs-dlq and sqs-encrypted: no message is lost in silence or kept in the clear."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.policy.stacks import ACCOUNT, UNKNOWN, Declared, refused

QUEUE = "aws:sqs/queue:Queue"
FOURTEEN_DAYS = 1_209_600


def arn(name: str) -> str:
    return f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"


def redrive(to: str, receives: object = 5) -> str:
    return json.dumps({"deadLetterTargetArn": arn(to), "maxReceiveCount": receives})


def takes_from(*names: str) -> str:
    return json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [arn(name) for name in names]})


def queue(name: str, *, depends: Declared | None = None, **properties: Any) -> Declared:
    source = {"redrivePolicy": depends} if depends else {}
    return Declared(QUEUE, name, {"name": name, **properties}, depends=source)


def dead(*sources: str, **properties: Any) -> Declared:
    given = {
        "messageRetentionSeconds": FOURTEEN_DAYS,
        "redriveAllowPolicy": takes_from(*sources),
        **properties,
    }
    return queue("dead", **given)


INCOMING = queue("incoming", redrivePolicy=redrive("dead"))
DEAD = dead("incoming")


class TestDeadLetters:
    def test_passes_a_queue_with_dead_letters(self) -> None:
        assert refused("sqs-dlq", INCOMING, DEAD) == set()

    def test_passes_when_resources_of_their_own_say_it(self) -> None:
        url = f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/"
        sends = Declared(
            "aws:sqs/redrivePolicy:RedrivePolicy",
            "sends",
            {"queueUrl": f"{url}incoming", "redrivePolicy": redrive("dead")},
        )
        takes = Declared(
            "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
            "takes",
            {"queueUrl": f"{url}dead", "redriveAllowPolicy": takes_from("incoming")},
        )
        plain = queue("dead", messageRetentionSeconds=FOURTEEN_DAYS)
        assert refused("sqs-dlq", queue("incoming"), plain, sends, takes) == set()

    @pytest.mark.parametrize(
        "sender",
        [
            Declared(
                "aws:sns/topicSubscription:TopicSubscription", "s", {"redrivePolicy": redrive("dead", None)}
            ),
            Declared(
                "aws:cloudwatch/eventTarget:EventTarget", "s", {"deadLetterConfig": {"arn": arn("dead")}}
            ),
            Declared("aws:lambda/function:Function", "s", {"deadLetterConfig": {"targetArn": arn("dead")}}),
            Declared(
                "aws:sns/topicSubscription:TopicSubscription",
                "s",
                {"redrivePolicy": UNKNOWN},
                depends={"redrivePolicy": queue("dead")},
            ),
            Declared(
                "aws:cloudwatch/eventTarget:EventTarget",
                "s",
                {"deadLetterConfig": {"arn": UNKNOWN}},
                depends={"deadLetterConfig": queue("dead")},
            ),
        ],
    )
    def test_passes_a_queue_for_what_others_cannot_deliver(self, sender: Declared) -> None:
        other = Declared("aws:sns/topicSubscription:TopicSubscription", "plain")
        plain = queue("dead", messageRetentionSeconds=FOURTEEN_DAYS)
        assert refused("sqs-dlq", plain, sender, other) == set()

    def test_refuses_a_queue_without_dead_letters(self) -> None:
        assert refused("sqs-dlq", queue("incoming")) == {"incoming: redrivePolicy"}

    @pytest.mark.parametrize("policy", ["{", "[]", json.dumps({"maxReceiveCount": 5}), ["x"]])
    def test_refuses_a_redrive_policy_that_is_none(self, policy: object) -> None:
        assert refused("sqs-dlq", queue("incoming", redrivePolicy=policy)) == {"incoming: redrivePolicy"}

    @pytest.mark.parametrize("receives", [1, 2, 11, 1000, None])
    def test_refuses_to_give_up_too_soon_or_too_late(self, receives: int | None) -> None:
        incoming = queue("incoming", redrivePolicy=redrive("dead", receives))
        assert refused("sqs-dlq", incoming, DEAD) == {f"incoming: maxReceiveCount::{receives}"}

    @pytest.mark.parametrize("receives", [3, 10, "5"])
    def test_passes_the_bounds(self, receives: object) -> None:
        assert refused("sqs-dlq", queue("incoming", redrivePolicy=redrive("dead", receives)), DEAD) == set()

    def test_refuses_dead_letters_that_go_nowhere_or_round(self) -> None:
        lost = queue("incoming", redrivePolicy=redrive("elsewhere"))
        round_ = queue("round", redrivePolicy=redrive("round"))
        assert refused("sqs-dlq", lost, round_) == {
            "incoming: deadLetterTargetArn",
            "round: deadLetterTargetArn",
        }

    @pytest.mark.parametrize(
        ("properties", "detail"),
        [
            ({"messageRetentionSeconds": 345_600}, "messageRetentionSeconds"),
            ({"messageRetentionSeconds": None}, "messageRetentionSeconds"),
            ({"redriveAllowPolicy": None}, "redriveAllowPolicy"),
            ({"redriveAllowPolicy": '{"redrivePermission": "allowAll"}'}, "redriveAllowPolicy"),
            ({"redriveAllowPolicy": takes_from("another")}, "redriveAllowPolicy"),
        ],
    )
    def test_refuses_a_dead_letter_queue_that_forgets_or_takes_from_anyone(
        self, properties: dict[str, Any], detail: str
    ) -> None:
        assert refused("sqs-dlq", INCOMING, dead("incoming", **properties)) == {f"dead: {detail}"}

    def test_unknown_at_preview_says_nothing(self) -> None:
        untold = queue("incoming", redrivePolicy=UNKNOWN)
        plain = queue("dead", messageRetentionSeconds=UNKNOWN, redriveAllowPolicy=UNKNOWN)
        assert refused("sqs-dlq", untold, plain) == set()
        assert refused("sqs-dlq", INCOMING, plain) == set()

    def test_unknown_at_preview_hides_nothing(self) -> None:
        untold = queue("incoming", redrivePolicy=UNKNOWN, depends=DEAD)
        assert refused("sqs-dlq", untold, dead("other"), queue("bare")) == {
            "dead: redriveAllowPolicy",
            "bare: redrivePolicy",
        }

    def test_a_setting_for_an_unknown_queue_may_be_for_any(self) -> None:
        sends = Declared("aws:sqs/redrivePolicy:RedrivePolicy", "sends", {"queueUrl": UNKNOWN})
        takes = Declared("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "takes", {"queueUrl": UNKNOWN})
        given = dead(redriveAllowPolicy=None)
        assert refused("sqs-dlq", INCOMING, given, queue("bare"), sends, takes) == set()

    def test_dead_letters_for_a_queue_whose_name_is_unknown_may_be_declared(self) -> None:
        unnamed = Declared(QUEUE, "unnamed", {"name": UNKNOWN})
        incoming = queue("incoming", redrivePolicy=redrive("dead", 50))
        assert refused("sqs-dlq", incoming, unnamed) == {"incoming: maxReceiveCount::50"}


class TestEncryption:
    @pytest.mark.parametrize(
        "properties", [{"sqsManagedSseEnabled": True}, {"kmsMasterKeyId": "alias/aws/sqs"}]
    )
    def test_passes_an_encrypted_queue(self, properties: dict[str, Any]) -> None:
        assert refused("sqs-encrypted", queue("incoming", **properties)) == set()

    @pytest.mark.parametrize("properties", [{}, {"sqsManagedSseEnabled": False}, {"kmsMasterKeyId": ""}])
    def test_is_refused_without(self, properties: dict[str, Any]) -> None:
        assert refused("sqs-encrypted", queue("incoming", **properties)) == {"incoming: sqsManagedSseEnabled"}

    def test_unknown_at_preview_says_nothing_and_hides_nothing(self) -> None:
        untold = queue("untold", kmsMasterKeyId=UNKNOWN)
        assert refused("sqs-encrypted", untold, queue("plain", policy=UNKNOWN)) == {
            "plain: sqsManagedSseEnabled"
        }
