"""Load balancers: HTTPS alone, no request smuggled through, none deleted by mistake."""

from __future__ import annotations

from collections.abc import Iterator

from vectoricons_policy.known import UNKNOWN, Resource, Stack, at
from vectoricons_policy.properties import among, elements, is_true
from vectoricons_policy.registry import Finding, Findings, Level, Scope, rule

# The provider offers each under two tokens.
LOAD_BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
_TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2"


@rule(
    "alb-headers",
    severity="medium",
    framework="hub:ELB.4, hub:ELB.12",
    why="A header that two servers read differently is how one request is smuggled within another.",
    fix="Set dropInvalidHeaderFields to true and desyncMitigationMode to defensive or strictest.",
    scope=Scope.RESOURCE,
)
def requests_are_read_one_way(stack: Stack) -> Findings:
    """Every application load balancer."""
    for balancer in _applications(stack):
        if balancer.get("dropInvalidHeaderFields") not in (True, UNKNOWN):
            yield Finding(balancer.urn, "dropInvalidHeaderFields", "It passes on headers that are none.")
        # Defensive is the default.
        if balancer.get("desyncMitigationMode") not in ("defensive", "strictest", None, UNKNOWN):
            yield Finding(balancer.urn, "desyncMitigationMode", "It passes on requests that can be smuggled.")


@rule(
    "alb-protected",
    severity="medium",
    framework="hub:ELB.5, hub:ELB.6, nag:ELB2",
    why="Without it nobody reaches the application, and without its log nobody knows who did.",
    fix="Set enableDeletionProtection to true and accessLogs to a bucket, enabled.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def balancers_are_protected_and_logged(stack: Stack) -> Findings:
    """Every application load balancer."""
    for balancer in _applications(stack):
        for path, message in (
            ("enableDeletionProtection", "It can be deleted."),
            ("accessLogs.enabled", "It does not write down what is asked of it."),
        ):
            value = balancer.get(path)
            if value is not UNKNOWN and not is_true(value):
                yield Finding(balancer.urn, path, message)


@rule(
    "alb-https",
    severity="high",
    framework="hub:ELB.1, hub:ELB.17",
    why="A session that travels in the clear once belongs to whoever listened.",
    fix=f"Let HTTP redirect to HTTPS with 301 and do nothing else; give HTTPS an sslPolicy {_TLS_POLICY}-….",
    scope=Scope.RESOURCE,
)
def listeners_speak_https(stack: Stack) -> Findings:
    """Every listener of an application load balancer."""
    for type_ in LISTENERS:
        for listener in stack.of(type_):
            if listener.get("protocol") == "HTTP" and not _redirects(listener):
                yield Finding(listener.urn, "defaultActions", "It answers in the clear.")
            policy = listener.get("sslPolicy")
            current = policy is UNKNOWN or str(policy).startswith(_TLS_POLICY)
            if listener.get("protocol") == "HTTPS" and not current:
                yield Finding(listener.urn, "sslPolicy", "It speaks versions of TLS that are broken.")


def _applications(stack: Stack) -> Iterator[Resource]:
    for type_ in LOAD_BALANCERS:
        for balancer in stack.of(type_):
            if among("application", None)(balancer.get("loadBalancerType")):
                yield balancer


def _redirects(listener: Resource) -> bool:
    actions = elements(listener.properties, "defaultActions")
    wanted = {"protocol": "HTTPS", "statusCode": "HTTP_301"}
    return bool(actions) and all(
        at(action, f"redirect.{name}") in (value, UNKNOWN)
        for action in actions
        for name, value in wanted.items()
    )
