"""IAM: roles and the policies they have."""

from __future__ import annotations

import json

from pydantic import Field, field_validator

from local.provider.resources import GoneError, Inputs, Made, Resource, resource
from local.provider.services.wire import retag, tag_list
from local.provider.values import Plain

VERSIONS_KEPT = 5  # of a managed policy; a sixth is refused


class RoleInputs(Inputs):
    """A role: who may take it on, and for how long."""

    name: str
    assume_role_policy: str
    description: str = ""
    path: str = "/"
    max_session_duration: int = 3600
    permissions_boundary: str = ""
    tags: dict[str, str] = Field(default_factory=dict)
    inline_policies: list[Plain] = Field(default_factory=list)
    managed_policy_arns: list[Plain] = Field(default_factory=list)

    @field_validator("inline_policies", "managed_policy_arns")
    @classmethod
    def _apart(cls, policies: list[Plain]) -> list[Plain]:
        if policies:
            raise ValueError("declare each policy as an aws.iam.RolePolicy or RolePolicyAttachment")
        return policies


@resource("aws:iam/role:Role")
class Role(Resource[RoleInputs]):
    """A role; Pulumi's id is its name."""

    inputs = RoleInputs

    def create(self, inputs: RoleInputs) -> Made:
        boundary = {"PermissionsBoundary": inputs.permissions_boundary} if inputs.permissions_boundary else {}
        role = self.client("iam").create_role(
            RoleName=inputs.name,
            AssumeRolePolicyDocument=inputs.assume_role_policy,
            Description=inputs.description,
            Path=inputs.path or "/",
            MaxSessionDuration=inputs.max_session_duration or 3600,
            Tags=tag_list(inputs.tags),
            **boundary,
        )["Role"]
        outputs = {
            "arn": role["Arn"],
            "uniqueId": role["RoleId"],
            "createDate": role["CreateDate"].isoformat(),
        }
        return Made(inputs.name, outputs)

    def update(self, physical_id: str, old: RoleInputs, new: RoleInputs) -> dict[str, Plain]:
        client = self.client("iam")
        client.update_assume_role_policy(RoleName=physical_id, PolicyDocument=new.assume_role_policy)
        client.update_role(
            RoleName=physical_id,
            Description=new.description,
            MaxSessionDuration=new.max_session_duration or 3600,
        )
        if new.permissions_boundary:
            client.put_role_permissions_boundary(
                RoleName=physical_id, PermissionsBoundary=new.permissions_boundary
            )
        elif old.permissions_boundary:
            client.delete_role_permissions_boundary(RoleName=physical_id)
        retag(
            old.tags,
            new.tags,
            put=lambda tags: client.tag_role(RoleName=physical_id, Tags=tag_list(tags)),
            take=lambda keys: client.untag_role(RoleName=physical_id, TagKeys=keys),
        )
        return {}

    def read(self, physical_id: str, inputs: RoleInputs) -> dict[str, Plain]:
        role = self.client("iam").get_role(RoleName=physical_id)["Role"]
        return {
            "assumeRolePolicy": json.dumps(role["AssumeRolePolicyDocument"]),
            "description": role.get("Description", ""),
            "maxSessionDuration": role["MaxSessionDuration"],
            "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        }

    def delete(self, physical_id: str, inputs: RoleInputs) -> None:
        self.client("iam").delete_role(RoleName=physical_id)


class RolePolicyInputs(Inputs):
    """A policy that is part of a role."""

    name: str
    role: str
    policy: str


@resource("aws:iam/rolePolicy:RolePolicy")
class RolePolicy(Resource[RolePolicyInputs]):
    """A policy that is part of a role; Pulumi's id is `role:name`."""

    inputs = RolePolicyInputs

    def create(self, inputs: RolePolicyInputs) -> Made:
        self._put(inputs)
        return Made(f"{inputs.role}:{inputs.name}")

    def update(self, physical_id: str, old: RolePolicyInputs, new: RolePolicyInputs) -> dict[str, Plain]:
        self._put(new)
        return {}

    def read(self, physical_id: str, inputs: RolePolicyInputs) -> dict[str, Plain]:
        held = self.client("iam").get_role_policy(RoleName=inputs.role, PolicyName=inputs.name)
        return {"policy": json.dumps(held["PolicyDocument"])}

    def delete(self, physical_id: str, inputs: RolePolicyInputs) -> None:
        self.client("iam").delete_role_policy(RoleName=inputs.role, PolicyName=inputs.name)

    def _put(self, inputs: RolePolicyInputs) -> None:
        self.client("iam").put_role_policy(
            RoleName=inputs.role, PolicyName=inputs.name, PolicyDocument=inputs.policy
        )


class PolicyInputs(Inputs):
    """A policy that roles can share."""

    name: str
    policy: str
    description: str = ""
    path: str = "/"
    tags: dict[str, str] = Field(default_factory=dict)


@resource("aws:iam/policy:Policy")
class Policy(Resource[PolicyInputs]):
    """A managed policy; Pulumi's id is its ARN."""

    inputs = PolicyInputs

    def create(self, inputs: PolicyInputs) -> Made:
        made = self.client("iam").create_policy(
            PolicyName=inputs.name,
            PolicyDocument=inputs.policy,
            Description=inputs.description,
            Path=inputs.path or "/",
            Tags=tag_list(inputs.tags),
        )["Policy"]
        return Made(made["Arn"], {"arn": made["Arn"], "policyId": made["PolicyId"], "attachmentCount": 0})

    def update(self, physical_id: str, old: PolicyInputs, new: PolicyInputs) -> dict[str, Plain]:
        client = self.client("iam")
        if old.policy != new.policy:
            others = self._versions(physical_id)
            if len(others) + 1 >= VERSIONS_KEPT:
                client.delete_policy_version(PolicyArn=physical_id, VersionId=others[0])
            client.create_policy_version(PolicyArn=physical_id, PolicyDocument=new.policy, SetAsDefault=True)
        retag(
            old.tags,
            new.tags,
            put=lambda tags: client.tag_policy(PolicyArn=physical_id, Tags=tag_list(tags)),
            take=lambda keys: client.untag_policy(PolicyArn=physical_id, TagKeys=keys),
        )
        return {}

    def read(self, physical_id: str, inputs: PolicyInputs) -> dict[str, Plain]:
        client = self.client("iam")
        current = client.get_policy(PolicyArn=physical_id)["Policy"]["DefaultVersionId"]
        held = client.get_policy_version(PolicyArn=physical_id, VersionId=current)["PolicyVersion"]
        return {"policy": json.dumps(held["Document"])}

    def delete(self, physical_id: str, inputs: PolicyInputs) -> None:
        client = self.client("iam")
        for version in self._versions(physical_id):
            client.delete_policy_version(PolicyArn=physical_id, VersionId=version)
        client.delete_policy(PolicyArn=physical_id)

    def _versions(self, arn: str) -> list[str]:
        """The versions that are not the default one, oldest first."""
        versions = self.client("iam").list_policy_versions(PolicyArn=arn)["Versions"]
        others = [version["VersionId"] for version in versions if not version["IsDefaultVersion"]]
        return sorted(others, key=lambda version: int(version.removeprefix("v")))


class AttachmentInputs(Inputs):
    """A managed policy that a role has."""

    role: str
    policy_arn: str


@resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
class RolePolicyAttachment(Resource[AttachmentInputs]):
    """A managed policy on a role."""

    inputs = AttachmentInputs

    def create(self, inputs: AttachmentInputs) -> Made:
        self.client("iam").attach_role_policy(RoleName=inputs.role, PolicyArn=inputs.policy_arn)
        return Made(f"{inputs.role}/{inputs.policy_arn}")

    def read(self, physical_id: str, inputs: AttachmentInputs) -> dict[str, Plain]:
        pages = self.client("iam").get_paginator("list_attached_role_policies").paginate(RoleName=inputs.role)
        if not any(
            each["PolicyArn"] == inputs.policy_arn for page in pages for each in page["AttachedPolicies"]
        ):
            raise GoneError
        return {}

    def delete(self, physical_id: str, inputs: AttachmentInputs) -> None:
        self.client("iam").detach_role_policy(RoleName=inputs.role, PolicyArn=inputs.policy_arn)
