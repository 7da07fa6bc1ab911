"""Who may look at a stack and who may change it: GitHub's workflows, by tokens that live an hour. No keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pulumi import Output, ResourceOptions
from pulumi_aws import iam

from components.base import Component
from components.buckets import Bucket
from components.deploying import GROUPS, documents, look, managed
from components.iam import Statement, document, federated, grant
from components.names import PROJECT
from components.secrets import Secret

_ISSUER = "token.actions.githubusercontent.com"
_AUDIENCE = "sts.amazonaws.com"

_MINE = ("preview", "drift", "images", "deploy")
_SHIP = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:DescribeImages",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
_CHANGE_ROLE = (
    "iam:DeleteRole",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
)
_READ_ROLE = (
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListInstanceProfilesForRole",
    "iam:ListRolePolicies",
    "iam:ListRoleTags",
)
_READ_POLICY = ("iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions")
# Services that make a role of their own when they are first used.
_LINKED = (
    ("ecs.amazonaws.com", "AWSServiceRoleForECS"),
    ("ecs.application-autoscaling.amazonaws.com", "AWSServiceRoleForApplicationAutoScaling_ECSService"),
    ("elasticache.amazonaws.com", "AWSServiceRoleForElastiCache"),
    ("elasticloadbalancing.amazonaws.com", "AWSServiceRoleForElasticLoadBalancing"),
    ("rds.amazonaws.com", "AWSServiceRoleForRDS"),
    ("vpcorigin.cloudfront.amazonaws.com", "AWSServiceRoleForCloudFrontVPCOrigin"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityArgs:
    """Whose workflows they are, and where the stack's state is."""

    repository: str  # "owner/name" on GitHub
    environment: str  # the GitHub environment whose jobs may deploy
    state_bucket: str
    state_key: str  # the ARN of the key that encrypts the secrets in it
    mail_domain: str  # that the stack sends from
    repositories: Sequence[str]  # the ARNs of those that images are pushed to, and copied from
    buckets: Sequence[Bucket]  # whose settings are looked at every night
    secrets: Sequence[Secret]


class Identity(Component):
    """GitHub as a provider of identities: one role each to preview, look for drift, ship images and deploy.

    Made last: the deploy role names every role of the program, those it may change and hand on. So a new role
    is let in by an administrator's `pulumi up`; the deploy role can change neither itself nor the boundary.

    What grows with the program has a policy of its own, with room for twice as many roles.

    Creates: aws.iam.OpenIdConnectProvider, aws.iam.Role (4), aws.iam.RolePolicy (4), aws.iam.Policy and
    aws.iam.RolePolicyAttachment (one per group in deploying.py and two about roles; those that see, also for
    who looks for drift).
    """

    def __init__(self, name: str, args: IdentityArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._account = f"arn:aws:iam::{self.names.account}"
        self._issuer = f"{self._account}:oidc-provider/{_ISSUER}"
        self._github = iam.OpenIdConnectProvider(
            self.child("github"),
            url=f"https://{_ISSUER}",
            client_id_lists=[_AUDIENCE],
            tags=self.tags(),
            opts=self.child_opts(),
        )
        # Pull requests, and what plans in the environment `preview`: of a push one cannot tell the job.
        preview = self._role(
            "preview", f"repo:{args.repository}:pull_request", f"repo:{args.repository}:environment:preview"
        )
        self._allow(preview, "preview", *self._see_state(args))
        images = self._role("images", f"repo:{args.repository}:environment:images")
        ship = grant(*_SHIP, on=args.repositories)
        self._allow(images, "images", grant("ecr:GetAuthorizationToken", on="*"), ship)
        drift = self._role("drift", f"repo:{args.repository}:environment:drift")
        deploy = self._role("deploy", f"repo:{args.repository}:environment:{args.environment}")
        mine = [*self._see_state(args), *self._write_state(args), *self._change_roles()]
        self._allow(deploy, "deploy", *mine)
        texts = {
            **documents(self.names, args.mail_domain),
            "see-roles": managed(*self._see_roles()),
            "pass-roles": managed(*self._pass_roles()),
        }
        policies = {group: self._policy(group, text) for group, text in texts.items()}
        for group, policy in policies.items():
            self._attach("deploy", deploy, group, policy)
        self._allow(drift, "drift", *self._see_state(args), *self._look(args))
        for group in ("reads", "see-roles"):
            self._attach("drift", drift, group, policies[group])
        self.roles: dict[str, Output[str]] = {
            "preview": preview.arn,
            "drift": drift.arn,
            "images": images.arn,
            "deploy": deploy.arn,
        }
        self.register_outputs(dict(self.roles))

    def _role(self, part: str, *subjects: str) -> iam.Role:
        """A role for the jobs that GitHub calls one of *subjects*."""
        subject = subjects[0] if len(subjects) == 1 else list(subjects)
        claims = {f"{_ISSUER}:aud": _AUDIENCE, f"{_ISSUER}:sub": subject}
        return iam.Role(
            self.child(f"{part}-role"),
            name=self.names.of("role", part),
            assume_role_policy=document(federated(self._issuer, claims)),
            max_session_duration=3600,
            tags=self.tags(),
            opts=self.child_opts(depends_on=[self._github]),
        )

    def _allow(self, role: iam.Role, part: str, *statements: Statement) -> None:
        iam.RolePolicy(
            self.child(f"{part}-may"),
            name=part,
            role=role.name,
            policy=document(*statements),
            opts=self.child_opts(),
        )

    def _policy(self, group: str, policy: str) -> iam.Policy:
        return iam.Policy(
            self.child(f"deploy-{group}"),
            name=self.names.of("policy", f"deploy-{group}"),
            description="What deploying the stack asks of AWS",
            policy=policy,
            tags=self.tags(),
            opts=self.child_opts(),
        )

    def _attach(self, part: str, role: iam.Role, group: str, policy: iam.Policy) -> None:
        iam.RolePolicyAttachment(
            self.child(f"{part}-{group}-attached"),
            role=role.name,
            policy_arn=policy.arn,
            opts=self.child_opts(),
        )

    def _see_state(self, args: IdentityArgs) -> list[Statement]:
        """All that a preview without refresh asks of AWS: the state, and the key to the secrets in it."""
        state = f"arn:aws:s3:::{args.state_bucket}"
        objects = ["meta.yaml", f"stacks/{PROJECT}/{self.names.stack}.json"]
        return [
            grant("s3:ListBucket", on=state, when={"StringLike": {"s3:prefix": ".pulumi/*"}}),
            grant("s3:GetObject", on=[f"{state}/.pulumi/{each}" for each in objects]),
            grant("kms:Decrypt", on=args.state_key),
        ]

    def _look(self, args: IdentityArgs) -> list[Statement]:
        """What a refresh reads beside the group "reads". The values of these secrets are in the state too."""
        return look([each.arn for each in args.buckets], [each.value.readable for each in args.secrets])

    def _write_state(self, args: IdentityArgs) -> list[Statement]:
        """The state, its history and its lock."""
        state = f"arn:aws:s3:::{args.state_bucket}/.pulumi"
        folders = ["backups", "history", "locks", "stacks"]
        written = [f"{state}/{each}/{PROJECT}/*" for each in folders]
        # The lock lies below organization/project/stack.
        written += [f"{state}/locks/organization/{PROJECT}/{self.names.stack}/*"]
        return [
            grant("s3:DeleteObject", "s3:GetObject", "s3:PutObject", on=written),
            grant("kms:Encrypt", "kms:GenerateDataKey", on=args.state_key),
        ]

    def _change_roles(self) -> list[Statement]:
        """The roles of the program: made with the boundary or not at all."""
        roles = sorted(self.deployment.roles)
        bound = {"StringEquals": {"iam:PermissionsBoundary": self._policy_arn("boundary")}}
        return [
            grant("iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy", on=roles, when=bound),
            grant(*_CHANGE_ROLE, on=roles),
        ]

    def _see_roles(self) -> list[Statement]:
        """The roles of the program, those of the workflows, and their policies."""
        mine = [self.names.arn("role", self.names.of("role", each)) for each in _MINE]
        policies = ["boundary", *(f"deploy-{group}" for group in (*GROUPS, "see-roles", "pass-roles"))]
        return [
            grant(*_READ_ROLE, on=[*sorted(self.deployment.roles), *mine]),
            grant(*_READ_POLICY, on=[self._policy_arn(each) for each in policies]),
            grant("iam:GetOpenIDConnectProvider", on=self._issuer),
        ]

    def _pass_roles(self) -> Iterator[Statement]:
        """Each role to the service that takes it on; services make some of their own."""
        takes_on = self.deployment.roles
        for service in sorted(set(takes_on.values())):
            roles = sorted(arn for arn, taker in takes_on.items() if taker == service)
            yield grant("iam:PassRole", on=roles, when={"StringEquals": {"iam:PassedToService": service}})
        yield grant(
            "iam:CreateServiceLinkedRole",
            on=[f"{self._account}:role/aws-service-role/{service}/{role}" for service, role in _LINKED],
        )

    def _policy_arn(self, part: str) -> str:
        return self.names.arn("policy", self.names.of("policy", part))
