"""The pack in the real engine: what it refuses is not created, and people read why and what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.policy.conftest import write_program
from tests.policy.engine import PACK, Engine

CLEAN = """
def arn(name):
    return f"arn:aws:sqs:us-east-1:123456789012:vectoricons-demo-{name}"

queue(
    "dead",
    sqs_managed_sse_enabled=True,
    message_retention_seconds=1209600,
    redrive_allow_policy=json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [arn("incoming")]}),
)
queue(
    "incoming",
    sqs_managed_sse_enabled=True,
    redrive_policy=json.dumps({"maxReceiveCount": 5, "deadLetterTargetArn": arn("dead")}),
)
cloudwatch.MetricAlarm(
    "home-alarm",
    name="vectoricons-demo-dead-letters",
    metric_name="ApproximateNumberOfMessagesVisible",
    dimensions={"QueueName": "vectoricons-demo-dead"},
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=1,
    treat_missing_data="notBreaching",
    alarm_actions=["arn:aws:sns:us-east-1:123456789012:operators"],
    tags=tags,
    opts=inside,
)
grants = grant("s3:GetObject", "arn:aws:s3:::vectoricons-demo-uploads/*")
iam.Policy("home-grants", name="vectoricons-demo-grants", policy=grants, tags=tags, opts=inside)
"""
BARE_QUEUE = 'queue("bare")\n'


def test_a_program_that_keeps_the_rules_previews(engine: Engine) -> None:
    write_program(engine.folder, CLEAN)
    preview = engine("preview")
    assert preview.code == 0, preview.text
    assert "vectoricons@v0.1.0" in preview.text
    assert "[mandatory]" not in preview.text


def test_a_wildcard_policy_with_a_literal_arn_is_refused_at_preview(engine: Engine) -> None:
    wide = 'policy=grant("s3:*", "arn:aws:s3:::vectoricons-demo-uploads/*")'
    write_program(
        engine.folder, f'{CLEAN}iam.Policy("home-wide", name="vectoricons-demo-wide", {wide}, opts=inside)'
    )
    preview = engine("preview")
    assert preview.code != 0
    assert "[mandatory] [severity: critical]  iam-no-wildcard  (aws:iam:Policy: home-wide)" in preview.text
    assert "iam-no-wildcard[Action::s3:*]" in preview.text
    assert "Fix: List each action" in preview.text


def test_an_unknown_document_hides_no_other_violation(engine: Engine) -> None:
    write_program(
        engine.folder,
        """
        bucket = s3.Bucket("home-uploads", bucket="vectoricons-demo-uploads", opts=inside)
        policy = bucket.arn.apply(lambda arn: grant("s3:*", arn))
        iam.Policy("home-untold", name="vectoricons-demo-untold", policy=policy, tags=tags, opts=inside)
        sqs.Queue("home-bare", name="vectoricons-demo-bare", opts=inside)
        sqs.Queue("stray", name=bucket.arn, kms_master_key_id=bucket.arn)
    """,
    )
    preview = engine("preview")
    assert preview.code != 0
    for refused in (
        "s3-bpa  (aws:s3:Bucket: home-uploads)",
        "s3-tls-only  (aws:s3:Bucket: home-uploads)",
        "sqs-encrypted  (aws:sqs:Queue: home-bare)",
        "sqs-dlq  (aws:sqs:Queue: home-bare)",
        "one-owner  (aws:sqs:Queue: stray)",
    ):
        assert refused in preview.text
    assert "can't run policy" not in preview.text
    assert "home-untold)" not in preview.text


def test_what_preview_could_not_know_is_refused_before_it_is_created(engine: Engine) -> None:
    write_program(
        engine.folder,
        """
        given = {"sqs_managed_sse_enabled": True, "tags": tags, "opts": inside}
        queue = sqs.Queue("home-bare", name="vectoricons-demo-b", **given)
        policy = queue.arn.apply(lambda arn: grant("sqs:*", arn))
        iam.Policy("home-untold", name="vectoricons-demo-untold", policy=policy, tags=tags, opts=inside)
    """,
    )
    up = engine("up", "--yes", "--skip-preview")
    assert up.code != 0
    assert "iam-no-wildcard[Action::sqs:*]" in up.text
    state = json.loads(engine("stack", "export").text)
    created = {resource["urn"].split("::")[-1] for resource in state["deployment"]["resources"]}
    assert "home-bare" in created
    assert "home-untold" not in created


def test_an_exported_state_is_judged_with_nothing_unknown(engine: Engine) -> None:
    write_program(engine.folder, CLEAN)
    up = engine("up", "--yes")
    assert up.code == 0, up.text
    exported = engine("stack", "export", "--file", "state.json")
    assert exported.code == 0, exported.text
    clean = engine("policy", "analyze", "--file", "state.json")
    assert clean.code == 0, clean.text

    state = json.loads((engine.folder / "state.json").read_text())
    for resource in state["deployment"]["resources"]:
        if resource["urn"].endswith("::home-grants"):
            wide = resource["inputs"]["policy"].replace("s3:GetObject", "s3:*")
            resource["inputs"]["policy"] = resource["outputs"]["policy"] = wide
    (engine.folder / "changed.json").write_text(json.dumps(state))
    changed = engine("policy", "analyze", "--file", "changed.json")
    assert changed.code == 1
    assert "iam-no-wildcard[Action::s3:*]" in changed.text


def test_a_waiver_lets_its_finding_pass_and_is_told_in_the_output(engine: Engine, tmp_path: Path) -> None:
    pack = Path(shutil.copytree(PACK.parent, tmp_path / "policy"))
    urn = "urn:pulumi:demo::vectoricons::vectoricons:demo:Home$aws:sqs/queue:Queue::home-bare"
    common = f"urn: '{urn}', reason: only ever holds public numbers, owner: catalogue, expires: 2999-01-01"
    findings = {"sqs-encrypted": "sqsManagedSseEnabled", "sqs-dlq": "redrivePolicy"}
    waivers = [f"- {{rule: {rule}, finding: {finding}, {common}}}\n" for rule, finding in findings.items()]
    (pack / "waivers.yaml").write_text("".join(waivers))
    write_program(engine.folder, CLEAN + BARE_QUEUE)
    preview = engine("preview", pack=pack / "run")
    assert preview.code == 0, preview.text
    assert "sqs-dlq[redrivePolicy] is waived until 2999-01-01 by catalogue: only ever holds" in preview.text

    write_program(engine.folder, CLEAN)
    unused = engine("preview", pack=pack / "run")
    assert unused.code != 0
    assert f"sqs-encrypted[sqsManagedSseEnabled] waives nothing at {urn}; remove it." in unused.text


def test_settings_given_for_one_run_win_and_leave_the_rule_mandatory(engine: Engine) -> None:
    write_program(engine.folder, CLEAN)
    settings = engine.folder / "settings.json"
    settings.write_text(json.dumps({"explicit-names": {"pattern": "shop-.*"}}))
    preview = engine("preview", "--policy-pack-config", str(settings))
    assert preview.code != 0
    assert "[mandatory] [severity: medium]  explicit-names" in preview.text
    assert 'name "vectoricons-demo-dead" is not of the form shop-.*.' in preview.text
