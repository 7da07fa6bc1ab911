"""Networks in EC2, and tasks of ECS that run in them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.provider.errors import RefusedError
from local.provider.values import plain
from tests.local.engineless import Declared, Engineless

TAGS = {"component": "network"}


@pytest.fixture
def vpc(declared: Engineless) -> Declared:
    """A network whose hosts have names."""
    return declared.create(
        "aws:ec2/vpc:Vpc",
        "vpc",
        cidrBlock="10.10.0.0/16",
        enableDnsHostnames=True,
        enableDnsSupport=True,
        tags=TAGS,
    )


@pytest.fixture
def subnet(declared: Engineless, vpc: Declared) -> Declared:
    """A part of it."""
    return declared.create(
        "aws:ec2/subnet:Subnet",
        vpcId=vpc.id,
        cidrBlock="10.10.1.0/24",
        availabilityZone="us-east-1a",
        mapPublicIpOnLaunch=False,
        tags=TAGS,
    )


@pytest.fixture
def group(declared: Engineless, vpc: Declared) -> Declared:
    """A security group without rules."""
    return declared.create(
        "aws:ec2/securityGroup:SecurityGroup", name="api", description="The api", vpcId=vpc.id, tags=TAGS
    )


@pytest.fixture
def table(declared: Engineless, vpc: Declared) -> Declared:
    """A route table."""
    return declared.create("aws:ec2/routeTable:RouteTable", vpcId=vpc.id, tags=TAGS)


def lives(declared: Engineless, made: Declared, **changed: Any) -> None:
    """Read back as declared, changed, read back again, deleted, gone, deleted again."""
    assert declared.read(made) == made
    after = declared.update(made, **changed)
    assert declared.read(after) == after
    declared.delete(after)
    assert declared.read(after) is None
    declared.delete(after)


def test_a_network_lives_with_its_parts(declared: Engineless, vpc: Declared, subnet: Declared) -> None:
    assert vpc["defaultSecurityGroupId"].startswith("sg-")
    lives(declared, subnet, mapPublicIpOnLaunch=True, tags={"owner": "platform"})
    bare = declared.create("aws:ec2/subnet:Subnet", "anywhere", vpcId=vpc.id, cidrBlock="10.10.2.0/24")
    assert bare["availabilityZone"].startswith("us-east-1")
    declared.delete(bare)
    lives(declared, vpc, enableDnsHostnames=False, tags={"owner": "platform"})


def test_a_setting_of_a_network_changed_by_hand_is_found(
    declared: Engineless, vpc: Declared, aws: Any
) -> None:
    aws("ec2").modify_vpc_attribute(VpcId=vpc.id, EnableDnsHostnames={"Value": False})

    found = declared.read(vpc)

    assert found is not None
    assert plain(found.inputs["enableDnsHostnames"]) is False


def test_a_security_group_lets_nothing_through_until_it_is_told_to(
    declared: Engineless, vpc: Declared, group: Declared, aws: Any
) -> None:
    def rules(group_id: str) -> list[Any]:
        held = aws("ec2").describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
        return [*held["IpPermissions"], *held["IpPermissionsEgress"]]

    assert rules(group.id) == []
    adopted = declared.create("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", vpcId=vpc.id, tags=TAGS)
    assert adopted.id == vpc["defaultSecurityGroupId"]
    assert rules(adopted.id) == []
    declared.delete(adopted)
    assert declared.read(adopted) is not None

    peers: list[dict[str, Any]] = [
        {
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "cidrIpv4": "10.10.0.0/16",
            "description": "HTTPS",
        },
        {"ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "cidrIpv6": "fd00::/8"},
        {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "referencedSecurityGroupId": adopted.id},
        {"ipProtocol": "-1", "prefixListId": "pl-1"},
    ]
    for way in ("Ingress", "Egress"):
        for peer in peers:
            token = f"aws:vpc/securityGroup{way}Rule:SecurityGroup{way}Rule"
            rule = declared.create(token, securityGroupId=group.id, **peer)
            if "fromPort" in peer:
                rule = declared.update(rule, fromPort=1, toPort=9000)
                assert (declared.read(rule), rule["toPort"]) == (rule, 9000)
            lives(declared, rule, tags=TAGS, description="Another")
    lives(declared, group, tags={"owner": "platform"})


def test_rules_and_routes_inside_their_owner_are_refused_with_what_to_declare(
    declared: Engineless, vpc: Declared
) -> None:
    rule = {"protocol": "tcp", "fromPort": 80, "toPort": 80, "cidrBlocks": ["0.0.0.0/0"]}
    with pytest.raises(
        RefusedError, match=r"ingress: .*declare each rule as an aws\.vpc\.SecurityGroupIngressRule"
    ):
        declared.create("aws:ec2/securityGroup:SecurityGroup", name="open", vpcId=vpc.id, ingress=[rule])
    with pytest.raises(RefusedError, match=r"routes: .*declare each route as an aws\.ec2\.Route"):
        declared.create("aws:ec2/routeTable:RouteTable", vpcId=vpc.id, routes=[{"cidrBlock": "0.0.0.0/0"}])


def test_ways_out_of_a_network_live(
    declared: Engineless, vpc: Declared, subnet: Declared, group: Declared, table: Declared
) -> None:
    internet = declared.create("aws:ec2/internetGateway:InternetGateway", vpcId=vpc.id, tags=TAGS)
    address = declared.create("aws:ec2/eip:Eip", domain="vpc", tags=TAGS)
    nat = declared.create(
        "aws:ec2/natGateway:NatGateway", subnetId=subnet.id, allocationId=address["allocationId"], tags=TAGS
    )
    route = declared.create(
        "aws:ec2/route:Route", routeTableId=table.id, destinationCidrBlock="0.0.0.0/0", gatewayId=internet.id
    )
    use = declared.create(
        "aws:ec2/routeTableAssociation:RouteTableAssociation", routeTableId=table.id, subnetId=subnet.id
    )
    storage = declared.create(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        vpcId=vpc.id,
        serviceName="com.amazonaws.us-east-1.s3",
        vpcEndpointType="Gateway",
        routeTableIds=[table.id],
        policy=json.dumps({"Statement": []}),
    )
    queues = declared.create(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "queues",
        vpcId=vpc.id,
        serviceName="com.amazonaws.us-east-1.sqs",
        vpcEndpointType="Interface",
        privateDnsEnabled=True,
        subnetIds=[subnet.id],
        securityGroupIds=[group.id],
    )

    lives(declared, queues, tags=TAGS)
    lives(declared, storage, routeTableIds=[], policy=json.dumps({"Statement": [{}]}))
    lives(declared, use)
    lives(declared, route, gatewayId=None, natGatewayId=nat.id)
    lives(declared, nat, tags={"owner": "platform"})
    lives(declared, address, tags={"owner": "platform"})
    lives(declared, internet, tags={"owner": "platform"})
    lives(declared, table, tags={"owner": "platform"})
    lives(declared, declared.create("aws:ec2/internetGateway:InternetGateway", "unattached"))


def containers(command: str) -> str:
    """A container as a component declares it: its memory is the task's."""
    declared: dict[str, Any] = {
        "name": "api",
        "image": "api@sha256:0",
        "essential": True,
        "command": ["api", command],
    }
    return json.dumps([declared, {"name": "init", "image": "api@sha256:0", "memoryReservation": 128}])


def test_a_declared_task_can_be_run_in_the_declared_network(
    declared: Engineless, subnet: Declared, group: Declared, aws: Any
) -> None:
    cluster = declared.create(
        "aws:ecs/cluster:Cluster",
        name="vectoricons-local",
        settings=[{"name": "containerInsights", "value": "enabled"}],
        tags=TAGS,
    )
    task: dict[str, Any] = {
        "family": "vectoricons-local-api",
        "cpu": "256",
        "memory": "512",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "ephemeralStorage": {"sizeInGib": 30},
        "volumes": [{"name": "scratch"}, {"name": "host", "hostPath": "/mnt"}],
        "tags": TAGS,
    }
    token = "aws:ecs/taskDefinition:TaskDefinition"
    first = declared.create(token, **task, containerDefinitions=containers("serve"))
    second = declared.create(token, **task, containerDefinitions=containers("stream"))
    assert (first["revision"], second["revision"]) == (1, 2)
    assert second["arn"] == f"{first['arnWithoutRevision']}:2"
    lives(declared, first, tags={"owner": "platform"})

    network = {"subnets": [subnet.id], "securityGroups": [group.id]}
    service = declared.create(
        "aws:ecs/service:Service",
        name="vectoricons-local-api",
        cluster=cluster["arn"],
        taskDefinition=second["arn"],
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={**network, "assignPublicIp": False},
        deploymentCircuitBreaker={"enable": True, "rollback": True},
        propagateTags="SERVICE",
        enableEcsManagedTags=True,
        tags=TAGS,
    )
    ran = aws("ecs").run_task(
        cluster=cluster["arn"],
        taskDefinition=second["arn"],
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )["tasks"][0]
    assert ran["taskDefinitionArn"] == second["arn"]
    held = aws("ecs").describe_task_definition(taskDefinition=second["arn"])["taskDefinition"]
    assert [(c["name"], c.get("memory")) for c in held["containerDefinitions"]] == [
        ("api", 512),
        ("init", None),
    ]
    assert held["volumes"][1]["host"] == {"sourcePath": "/mnt"}

    aws("ecs").stop_task(cluster=cluster["arn"], task=ran["taskArn"])
    lives(declared, service, desiredCount=0, tags={"owner": "platform"})
    declared.delete(second)
    lives(declared, cluster, settings=[{"name": "containerInsights", "value": "disabled"}], tags=None)


def test_a_cluster_s_capacity_is_declared_apart(declared: Engineless, aws: Any) -> None:
    cluster = declared.create("aws:ecs/cluster:Cluster", name="vectoricons-local")
    capacity = declared.create(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        clusterName="vectoricons-local",
        capacityProviders=["FARGATE"],
        defaultCapacityProviderStrategies=[{"capacityProvider": "FARGATE", "base": 1, "weight": 1}],
    )
    assert declared.read(capacity) == capacity
    wider = declared.update(capacity, capacityProviders=["FARGATE", "FARGATE_SPOT"])
    assert declared.read(wider) == wider
    task = declared.create(
        "aws:ecs/taskDefinition:TaskDefinition",
        family="reaper",
        containerDefinitions=json.dumps([{"name": "reaper", "image": "worker", "memory": 64}]),
        skipDestroy=True,
    )
    service = declared.create(
        "aws:ecs/service:Service",
        name="reaper",
        cluster=cluster["arn"],
        taskDefinition=task["arn"],
        capacityProviderStrategies=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
    )
    declared.delete(service)
    declared.delete(task)
    assert (
        aws("ecs").describe_task_definition(taskDefinition=task["arn"])["taskDefinition"]["status"]
        == "ACTIVE"
    )

    declared.delete(wider)
    left = declared.read(wider)
    assert left is not None
    assert plain(left.inputs["capacityProviders"]) == []
    declared.delete(cluster)
    assert declared.read(cluster) is None


def test_a_service_is_brought_between_its_two_numbers_and_else_left_alone(
    declared: Engineless, aws: Any
) -> None:
    cluster = declared.create("aws:ecs/cluster:Cluster", name="vectoricons-local")
    task = declared.create(
        "aws:ecs/taskDefinition:TaskDefinition",
        family="reaper",
        containerDefinitions=json.dumps([{"name": "reaper", "image": "worker", "memory": 64}]),
    )
    declared.create(
        "aws:ecs/service:Service",
        name="reaper",
        cluster=cluster["arn"],
        taskDefinition=task["arn"],
        desiredCount=1,
    )

    def wanted() -> int:
        (held,) = aws("ecs").describe_services(cluster="vectoricons-local", services=["reaper"])["services"]
        return int(held["desiredCount"])

    target = declared.create(
        "aws:appautoscaling/target:Target",
        serviceNamespace="ecs",
        scalableDimension="ecs:service:DesiredCount",
        resourceId="service/vectoricons-local/reaper",
        minCapacity=2,
        maxCapacity=4,
    )
    assert wanted() == 2
    aws("ecs").update_service(cluster="vectoricons-local", service="reaper", desiredCount=3)
    target = declared.update(target, maxCapacity=5)
    assert wanted() == 3
    target = declared.update(target, minCapacity=1, maxCapacity=2)
    assert wanted() == 2
    declared.delete(target)
    assert wanted() == 2
