"""The sender of e-mail: a domain that SES may sign for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pulumi import Output, ResourceOptions, RunError
from pulumi_aws import sesv2

from components.alarms import Alarm, above, watch
from components.base import Component
from components.dns import Record
from components.iam import Statement, grant
from components.metrics import Metric

# Half of what makes AWS review an account.
# https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-bounce-complaint.html
_BOUNCES, _COMPLAINTS = 0.025, 0.0005
_MINUTES = 15

_DKIM_KEYS = 3  # as many as SES signs with in turn


@dataclass(frozen=True, kw_only=True, slots=True)
class MailArgs:
    """The address that notices come from."""

    sender: str


class Mail(Component):
    """The identity of the sender's domain, DKIM-signed, and how what is sent is watched.

    Addresses that bounce or complain are not written to again, and people are told before AWS stops us.
    ``records`` is what the domain's zone has to say so that receivers believe it: DKIM, SPF and DMARC.

    Creates: aws.sesv2.EmailIdentity, aws.sesv2.EmailIdentityMailFromAttributes, aws.sesv2.ConfigurationSet,
    aws.cloudwatch.MetricAlarm (bounces, complaints).
    """

    def __init__(self, name: str, args: MailArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.domain = args.sender.rpartition("@")[2]
        self.arn = self.names.arn("identity", self.domain)
        called = self.names.of("configuration-set", name)
        self._configuration = self.names.arn("configuration-set", called)
        configuration = sesv2.ConfigurationSet(
            self.child("configuration"),
            configuration_set_name=called,
            delivery_options={"tls_policy": "REQUIRE"},
            reputation_options={"reputation_metrics_enabled": True},
            suppression_options={"suppressed_reasons": ["BOUNCE", "COMPLAINT"]},
            tags=self.tags(),
            opts=self.child_opts(),
        )
        self._watch(called)
        identity = sesv2.EmailIdentity(
            self.child("identity"),
            email_identity=self.domain,
            configuration_set_name=configuration.configuration_set_name,
            dkim_signing_attributes={"next_signing_key_length": "RSA_2048_BIT"},
            tags=self.tags(),
            opts=self.child_opts(),
        )
        bounces = f"bounces.{self.domain}"
        sesv2.EmailIdentityMailFromAttributes(
            self.child("bounces"),
            email_identity=identity.email_identity,
            mail_from_domain=bounces,
            # Until its record is seen, mail goes out under SES's own name rather than not at all.
            behavior_on_mx_failure="USE_DEFAULT_VALUE",
            opts=self.child_opts(),
        )
        self.records = [*self._dkim(self.domain, identity), *self._policies(self.domain, bounces)]
        self.register_outputs({})

    def _dkim(self, domain: str, identity: sesv2.EmailIdentity) -> Iterator[Record]:
        for place in range(_DKIM_KEYS):
            tokens = identity.dkim_signing_attributes.apply(lambda signing: signing.tokens or [])
            token = Output.all(tokens, identity.urn).apply(partial(_token, place))
            yield Record(
                part=f"dkim-{place + 1}",
                name=token.apply(lambda name: f"{name}._domainkey.{domain}"),
                type="CNAME",
                value=token.apply(lambda name: f"{name}.dkim.amazonses.com"),
            )

    def _policies(self, domain: str, bounces: str) -> Iterator[Record]:
        region = self.names.region
        yield Record(
            part="bounces-mx", name=bounces, type="MX", value=f"10 feedback-smtp.{region}.amazonses.com"
        )
        yield Record(part="bounces-spf", name=bounces, type="TXT", value="v=spf1 include:amazonses.com -all")
        yield Record(
            part="dmarc", name=f"_dmarc.{domain}", type="TXT", value="v=DMARC1; p=quarantine; adkim=s; aspf=r"
        )

    def send(self) -> Statement:
        """Leave to send as this domain."""
        return grant("ses:SendEmail", on=[self.arn, self._configuration])

    def _watch(self, called: str) -> None:
        rates = {
            "bounces": ("Reputation.BounceRate", _BOUNCES),
            "complaints": ("Reputation.ComplaintRate", _COMPLAINTS),
        }
        for part, (metric, rate) in rates.items():
            alarm = Alarm(
                of=Metric("AWS/SES", metric, {"ses:configuration-set": called}, "Maximum"),
                bad=above(rate),
                minutes=_MINUTES,
                title=f"Too many {part} of what {self.domain} sends",
                help="AWS stops who goes on so; see whom it wrote to, in the reputation dashboard of SES.",
            )
            watch(self, part, alarm)


def _token(place: int, told: Sequence[Any]) -> str:
    """One of the names that SES signs by. Raises pulumi.RunError when the state has none."""
    tokens, urn = told
    if len(tokens) <= place:
        raise RunError(
            f"The state of {urn.rpartition('::')[2]} has {len(tokens)} DKIM tokens, and SES signs by "
            f"{_DKIM_KEYS}. Read them again: pulumi refresh --target '{urn}'"
        )
    return str(tokens[place])
