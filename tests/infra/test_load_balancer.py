"""The load balancer: who comes in, what answers, and that nothing else does."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from pulumi import Output

from components.cluster import Cluster, ClusterArgs
from components.images import Image
from components.load_balancer import Route
from components.sections.services import Size
from components.service import Service
from components.task import TaskArgs
from containers.api.settings import KEEP_ALIVE
from tests.infra.made import balancer, network
from tests.infra.synth import Declarations, component, program


@cache
def dev() -> Declarations:
    return program("dev")


def edges(token: str) -> dict[str, dict[str, Any]]:
    return {each.name: dict(each.inputs) for each in dev().of(token)}


def test_it_stands_inside_and_cloudfront_alone_comes_in_by_https_alone() -> None:
    made = dev().one("load-balancer-balancer").inputs
    assert made["internal"]
    assert made["subnets"] == ["network-app-us-east-1a-id", "network-app-us-east-1b-id"]
    (way_in,) = [
        each
        for each in edges("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").values()
        if each["securityGroupId"] == "load-balancer-group-id"
    ]
    assert way_in["prefixListId"] == "pl-3b927c52"
    assert (way_in["fromPort"], way_in["toPort"], way_in["ipProtocol"]) == (443, 443, "tcp")
    assert not {"cidrIpv4", "cidrIpv6"} & way_in.keys()


def test_what_is_malformed_is_dropped_and_who_came_is_written_down() -> None:
    made = dev().one("load-balancer-balancer").inputs
    assert made["dropInvalidHeaderFields"]
    assert made["desyncMitigationMode"] == "strictest"
    assert made["accessLogs"] == {
        "bucket": "vectoricons-dev-logs-210987654321",
        "prefix": "load-balancer",
        "enabled": True,
    }
    assert dev().one("logs-policy").urn in dev().one("load-balancer-balancer").depends_on


def test_it_lets_go_of_an_idle_connection_before_the_api_does() -> None:
    assert dev().one("load-balancer-balancer").inputs["idleTimeout"] < KEEP_ALIVE


def test_care_decides_whether_it_can_be_deleted() -> None:
    assert not dev().one("load-balancer-balancer").inputs["enableDeletionProtection"]
    assert program("prod").one("load-balancer-balancer").inputs["enableDeletionProtection"]


def test_it_has_one_listener_with_new_tls_that_says_404_to_what_nobody_answers() -> None:
    (listener,) = dev().of("aws:lb/listener:Listener")
    assert (listener.inputs["port"], listener.inputs["protocol"]) == (443, "HTTPS")
    assert listener.inputs["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")
    assert listener.inputs["certificateArn"] == "arn:aws:made:::certificates-us-east-1"
    (answer,) = listener.inputs["defaultActions"]
    assert (answer["type"], answer["fixedResponse"]["statusCode"]) == ("fixed-response", "404")


def test_each_host_has_its_service_and_www_is_sent_on() -> None:
    rules = {each.name: each.inputs for each in dev().of("aws:lb/listenerRule:ListenerRule")}
    assert {
        name: (rule["priority"], rule["conditions"][0]["hostHeader"]["values"])
        for name, rule in rules.items()
    } == {
        "frontend-alias": (1, ["www.dev.vectoricons.net"]),
        "stream-route": (10, ["stream.dev.vectoricons.net"]),
        "api-route": (20, ["dev.vectoricons.net"]),
        "icons-route": (30, ["icons.dev.vectoricons.net"]),
    }
    (sent_on,) = rules["frontend-alias"]["actions"]
    assert sent_on["redirect"] == {"host": "dev.vectoricons.net", "statusCode": "HTTP_301"}
    assert rules["api-route"]["conditions"][1] == {"pathPattern": {"values": ["/*"]}}


@pytest.mark.parametrize(("service", "port"), [("api", 8000), ("stream", 8001), ("icons", 8007)])
def test_a_service_is_asked_for_its_health_and_reached_on_its_own_port(service: str, port: int) -> None:
    targets = dev().one(f"{service}-targets").inputs
    assert (targets["targetType"], targets["port"]) == ("ip", port)
    assert targets["healthCheck"]["path"] == "/healthz"
    out = edges("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")[f"{service}-from-load-balancer"]
    into = edges("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")[
        f"{service}-let-load-balancer-in"
    ]
    assert out["securityGroupId"] == into["referencedSecurityGroupId"] == "load-balancer-group-id"
    assert into["securityGroupId"] == out["referencedSecurityGroupId"] == f"{service}-group-id"
    assert {out["fromPort"], out["toPort"], into["fromPort"], into["toPort"]} == {port}


def test_ecs_puts_tasks_behind_it_once_the_listener_knows_them() -> None:
    service = dev().one("api-service")
    assert service.inputs["loadBalancers"] == [
        {"targetGroupArn": "arn:aws:made:::api-targets", "containerName": "api", "containerPort": 8000}
    ]
    assert service.inputs["healthCheckGracePeriodSeconds"] == 120
    assert dev().one("api-route").urn in service.depends_on
    assert not dev().one("worker-relay-service").inputs.get("loadBalancers")


def test_a_service_that_listens_nowhere_cannot_stand_behind_it() -> None:
    def build() -> None:
        place = Cluster("cluster", ClusterArgs(network=network("network")()))
        image = Image(Output.from_input("api@sha256:1"), "arn:aws:ecr:us-east-1:1:repository/api")
        route = Route(balancer=balancer("balancer")(), host="one.test", priority=1)
        Service("api", TaskArgs(cluster=place, image=image, command=["api"], size=Size(), behind=route))

    with pytest.raises(ValueError, match="api stands behind a load balancer and listens on no port"):
        component(build)
