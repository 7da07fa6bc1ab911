"""Load balancers and listeners."""

from __future__ import annotations

from typing import Any

from tests.policy.keeping import Break, Case, given, one
from tests.policy.stacks import Declared

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
GOOD: dict[str, Any] = {
    "loadBalancerType": "application",
    "dropInvalidHeaderFields": True,
    "desyncMitigationMode": "strictest",
    "enableDeletionProtection": True,
    "accessLogs": {"enabled": True, "bucket": "logs"},
}
REDIRECT = {"type": "redirect", "redirect": {"protocol": "HTTPS", "statusCode": "HTTP_301", "port": "443"}}
ANSWER = [{"type": "forward", "targetGroupArn": "arn"}]
PLAIN = Declared(LISTENER, "subject-plain", {"protocol": "HTTP", "defaultActions": [REDIRECT]})

CASES: dict[str, Case] = {
    "alb-headers": one(
        BALANCER,
        GOOD,
        *given("dropInvalidHeaderFields", False, None),
        *given("desyncMitigationMode", "monitor"),
    ),
    "alb-protected": one(
        "aws:alb/loadBalancer:LoadBalancer",
        GOOD,
        *given("enableDeletionProtection", False, None),
        *given("accessLogs.enabled", False, None),
    ),
    "alb-https": Case(
        [
            Declared(
                LISTENER,
                "subject",
                {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"},
            ),
            PLAIN,
        ],
        [
            *given("sslPolicy", "ELBSecurityPolicy-2016-08", None),
            *(
                Break("defaultActions", {("subject-plain", path): value}, found_at="subject-plain")
                for path, value in (
                    ("defaultActions.0", ANSWER[0]),
                    ("defaultActions.0.redirect.statusCode", "HTTP_302"),
                    ("defaultActions.0.redirect.protocol", "HTTP"),
                )
            ),
        ],
    ),
}
