"""The web application firewall in front of both distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import Output, ResourceOptions
from pulumi_aws import cloudwatch, wafv2

from components.base import Component
from components.iam import accept, document, of_key
from components.keys import WRITE_LOGS, encryption_key
from components.names import EDGE_REGION

# AWS's own rules: addresses known for abuse first, for they cost least to judge.
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
_MANAGED = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FirewallArgs:
    """How much one address may ask for."""

    limit: int  # requests in five minutes


class Firewall(Component):
    """A WAF web ACL for CloudFront: AWS's managed rules, a limit for each address, a log of what was blocked.

    The log has neither cookies nor query strings, in which sessions, tickets and signatures travel.

    Creates: aws.wafv2.WebAcl, aws.wafv2.WebAclLoggingConfiguration, aws.cloudwatch.LogGroup,
    aws.cloudwatch.LogResourcePolicy, and where the profile says log_key aws.kms.Key with aws.kms.Alias; all
    of them in us-east-1, where CloudFront looks.
    """

    def __init__(self, name: str, args: FirewallArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        acl = wafv2.WebAcl(
            self.child("acl"),
            name=self.names.of("web-acl", name),
            description="What reaches the site and its pictures",
            scope="CLOUDFRONT",
            region=EDGE_REGION,
            default_action={"allow": {}},
            rules=[*map(self._managed, range(len(_MANAGED)), _MANAGED), self._limit(args.limit)],
            visibility_config=self._visibility("all"),
            tags=self.tags(),
            opts=self.child_opts(),
        )
        self.arn: Output[str] = acl.arn
        self._log(f"aws-waf-logs-{self.names.of('log-group', name)}")  # WAF takes no other beginning
        self.register_outputs({"arn": self.arn})

    def _managed(self, place: int, group: str) -> wafv2.WebAclRuleArgsDict:
        return {
            "name": group,
            "priority": place,
            "override_action": {"none": {}},
            "statement": {"managed_rule_group_statement": {"vendor_name": "AWS", "name": group}},
            "visibility_config": self._visibility(group),
        }

    def _limit(self, requests: int) -> wafv2.WebAclRuleArgsDict:
        return {
            "name": "limit",
            "priority": len(_MANAGED),
            "action": {"block": {"custom_response": {"response_code": 429}}},
            "statement": {"rate_based_statement": {"aggregate_key_type": "IP", "limit": requests}},
            "visibility_config": self._visibility("limit"),
        }

    def _visibility(self, metric: str) -> wafv2.WebAclRuleVisibilityConfigArgsDict:
        return {
            "metric_name": f"{self.names.stem}-{metric}",
            "cloudwatch_metrics_enabled": True,
            # A sample shows whole requests in the console, cookies and all.
            "sampled_requests_enabled": False,
        }

    def _log(self, group_name: str) -> None:
        names = self.names.at_edge
        arn = names.arn("log-group", group_name)
        group = cloudwatch.LogGroup(
            self.child("log"),
            name=group_name,
            region=EDGE_REGION,
            retention_in_days=self.care.log_days,
            kms_key_id=self._key(arn) if self.care.log_key else None,
            tags=self.tags(),
            opts=self.child_opts(),
        )
        writable = cloudwatch.LogResourcePolicy(
            self.child("log-policy"),
            policy_name=group_name,
            region=EDGE_REGION,
            policy_document=document(
                accept(
                    "delivery.logs.amazonaws.com",
                    "logs:CreateLogStream",
                    "logs:PutLogEvents",
                    on=f"{arn}:*",
                    source=f"arn:aws:logs:{EDGE_REGION}:{names.account}:*",
                    account=names.account,
                )
            ),
            opts=self.child_opts(),
        )
        wafv2.WebAclLoggingConfiguration(
            self.child("logging"),
            resource_arn=self.arn,
            region=EDGE_REGION,
            log_destination_configs=[group.arn],
            redacted_fields=[{"query_string": {}}, *_headers("cookie", "authorization")],
            logging_filter={
                "default_behavior": "DROP",
                "filters": [
                    {
                        "behavior": "KEEP",
                        "requirement": "MEETS_ANY",
                        "conditions": [{"action_condition": {"action": "BLOCK"}}],
                    }
                ],
            },
            opts=self.child_opts(depends_on=[writable]),
        )

    def _key(self, group: str) -> Output[str]:
        """The log is in another region than the stack may be, whose key it cannot have."""
        return encryption_key(
            self.child("key"),
            alias=self.names.of("key-alias", self.pulumi_resource_name),
            account=self.names.account,
            purpose="Encrypts the firewall's log",
            used_by=of_key(
                {"Service": f"logs.{EDGE_REGION}.amazonaws.com"},
                *WRITE_LOGS,
                when={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": [group]}},
            ),
            tags=self.tags(),
            opts=self.child_opts(protect=self.care.protect),
            region=EDGE_REGION,
        )


def _headers(*names: str) -> Sequence[wafv2.WebAclLoggingConfigurationRedactedFieldArgsDict]:
    return [{"single_header": {"name": name}} for name in names]
