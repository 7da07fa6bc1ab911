"""The web application firewall: what it stops, and that its log tells no secrets."""

from __future__ import annotations

from functools import cache

from components.firewall import Firewall, FirewallArgs
from tests.infra.synth import Declarations, component


@cache
def firewall() -> Declarations:
    return component(lambda: Firewall("firewall", FirewallArgs(limit=500)))


def test_it_stands_where_cloudfront_looks() -> None:
    acl = firewall().one("firewall-acl").inputs
    assert (acl["scope"], acl["region"]) == ("CLOUDFRONT", "us-east-1")
    assert acl["defaultAction"] == {"allow": {}}
    others = [each for each in firewall().resources if each.name.startswith("firewall-")]
    assert {each.inputs["region"] for each in others} == {"us-east-1"}


def test_aws_rules_for_abuse_bad_input_and_the_common_attacks_block() -> None:
    *managed, _ = firewall().one("firewall-acl").inputs["rules"]
    assert [each["statement"]["managedRuleGroupStatement"]["name"] for each in managed] == [
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesCommonRuleSet",
    ]
    assert all(each["overrideAction"] == {"none": {}} for each in managed)


def test_one_address_gets_so_many_answers_and_then_429() -> None:
    rules = firewall().one("firewall-acl").inputs["rules"]
    limit = rules[-1]
    assert limit["statement"]["rateBasedStatement"] == {"aggregateKeyType": "IP", "limit": 500}
    assert limit["action"] == {"block": {"customResponse": {"responseCode": 429}}}
    assert len({each["priority"] for each in rules}) == len(rules)


def test_the_log_has_what_was_blocked_without_query_cookie_or_authorization() -> None:
    logging = firewall().one("firewall-logging").inputs
    assert logging["redactedFields"] == [
        {"queryString": {}},
        {"singleHeader": {"name": "cookie"}},
        {"singleHeader": {"name": "authorization"}},
    ]
    assert logging["loggingFilter"]["defaultBehavior"] == "DROP"
    assert logging["loggingFilter"]["filters"][0]["conditions"] == [{"actionCondition": {"action": "BLOCK"}}]
    rules = firewall().one("firewall-acl").inputs
    assert not rules["visibilityConfig"]["sampledRequestsEnabled"]


def test_only_aws_log_delivery_of_this_account_writes_the_one_group() -> None:
    (statement,) = firewall().one("firewall-log-policy").document("policyDocument")["Statement"]
    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    group = "arn:aws:logs:us-east-1:210987654321:log-group:aws-waf-logs-vectoricons-dev-firewall:*"
    assert statement["Resource"] == [group]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "210987654321"}
    assert firewall().one("firewall-log-policy").urn in firewall().one("firewall-logging").depends_on
