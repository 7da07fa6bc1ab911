"""The most that any role of a stack may ever do, whatever policy somebody gives it."""

from __future__ import annotations

from components.iam import document, fence, grant
from components.names import Names

# The union of what the components grant; tests/infra/test_identity.py holds the two equal.
_ACTIONS = (
    "cloudfront:CreateInvalidation",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "elasticache:Connect",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "logs:PutRetentionPolicy",
    "s3:GetObject",
    "s3:PutObject",
    "secretsmanager:GetSecretValue",
    "ses:SendEmail",
    "sns:Publish",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
)


def boundary(names: Names) -> str:
    """The policy: the actions that the program grants, on what bears the stack's name.

    AWS itself named the log of RDS's metrics, the secrets that RDS keeps, and distributions.
    """
    here = f"{names.region}:{names.account}"
    return document(
        *fence(
            *_ACTIONS,
            inside=[
                f"arn:aws:s3:::{names.stem}-*",
                f"arn:aws:cloudfront::{names.account}:distribution/*",
                f"arn:aws:ecr:{here}:repository/{names.stem}-*",
                f"arn:aws:elasticache:{here}:replicationgroup:{names.stem}-*",
                f"arn:aws:elasticache:{here}:user:{names.stem}-*",
                f"arn:aws:logs:{here}:log-group:{names.stem}-*",
                f"arn:aws:logs:{here}:log-group:RDSOSMetrics*",
                f"arn:aws:secretsmanager:{here}:secret:{names.stem}-*",
                f"arn:aws:secretsmanager:{here}:secret:rds!db-*",
                f"arn:aws:ses:{here}:configuration-set/{names.stem}-*",
                f"arn:aws:ses:{here}:identity/*",
                f"arn:aws:sns:{here}:{names.stem}-*",
                f"arn:aws:sqs:{here}:{names.stem}-*",
            ],
        ),
        grant("ecr:GetAuthorizationToken", on="*"),
    )
