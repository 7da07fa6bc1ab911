"""A stack on AWS itself: the ordinary CLI, with the person's own credentials."""

from __future__ import annotations

import subprocess
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from local.engine import stack_file
from local.engine.tools import require
from local.setup.errors import CommandError, Exit


def preview(tree: Path, stack: str) -> int:
    """Show what `pulumi up` would change on AWS; gives the CLI's exit code. Raises CommandError."""
    config = stack_file.read(tree, stack).get("config", {})
    require_account(stack, str(config.get("vectoricons:account")), str(config.get("vectoricons:region")))
    command = [str(require().pulumi), "preview", "--diff", "--stack", stack, "--policy-pack", "policy"]
    return subprocess.run(command, cwd=tree, check=False).returncode


def require_account(stack: str, account: str, region: str) -> None:
    """See that the credentials here are of *account*. Raises CommandError when they are not."""
    without = f"Without AWS it goes too: make preview STACK={stack}"
    try:
        found = boto3.client("sts", region_name=region).get_caller_identity()["Account"]
    except NoCredentialsError:
        raise CommandError(
            "There are no AWS credentials here. Sign in (aws sso login) or set AWS_PROFILE, then try again. "
            f"{without}"
        ) from None
    except (BotoCoreError, ClientError) as error:
        raise CommandError(
            f"AWS does not take the credentials here: {error} Sign in again. {without}"
        ) from error
    if found != account:
        raise CommandError(
            f"The credentials here are of account {found}, and the stack {stack} lives in {account} "
            f"(Pulumi.{stack}.yaml). Set AWS_PROFILE to one of {account}, or name the stack of {found}.",
            Exit.DECLARATION,
        )
