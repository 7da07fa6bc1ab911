"""The Pulumi CLI, run in the project's directory for one stack of one backend."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from delivery.errors import DeliveryError, Exit
from delivery.stackfile import StackFile

# What the CLI says when something around it is missing, and what to do then.
KNOWN_FAILURES = {
    "no stack named": "This backend has no such stack. Make it: delivery bootstrap says how.",
    "passphrase must be set": "The stack's secrets need a passphrase: set PULUMI_CONFIG_PASSPHRASE.",
    "NoCredentialProviders": "There are no AWS credentials. Sign in first: aws sso login.",
    "failed to refresh cached credentials": "There are no AWS credentials. Sign in first: aws sso login.",
    "ExpiredToken": "The AWS session has expired. Sign in again: aws sso login.",
    "NoSuchBucket": "The bucket of the state does not exist. Make it: delivery bootstrap --stack STACK.",
    "is currently locked": "Another update of the stack is under way. Wait; if it has died: pulumi cancel.",
}


@dataclass(frozen=True)
class Pulumi:
    """The CLI for *stack*, run in *directory* with *environment* over our own."""

    stack: str
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: Path, stack: str) -> Pulumi:
        """For the stack in *tree*, on the backend PULUMI_BACKEND_URL names, else the one its file implies."""
        backend = os.environ.get("PULUMI_BACKEND_URL") or StackFile.read(tree, stack).backend
        # The policy pack and the program are Python of this environment.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return cls(stack, tree, {"PULUMI_BACKEND_URL": backend, "PATH": path})

    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs; a secret is hidden."""
        found: Mapping[str, Any] = json.loads(self.run("stack", "output", "--json"))
        return found

    def export(self) -> Mapping[str, Any]:
        """The stack's state; what is secret in it is encrypted."""
        found: Mapping[str, Any] = json.loads(self.run("stack", "export"))
        return found

    def run(self, *arguments: str) -> str:
        """What the CLI answers. Raises DeliveryError with its reason when it fails."""
        done = self.attempt(*arguments)
        if done.returncode:
            raise DeliveryError(self.explain(arguments, done), Exit.REFUSED)
        return done.stdout

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The CLI's end, whatever it was. Raises DeliveryError when there is no CLI."""
        cli = shutil.which("pulumi", path=self._environment["PATH"])
        if cli is None:
            raise DeliveryError(
                "There is no pulumi on PATH. Install it, or build the project's own: make setup.",
                Exit.MACHINE,
            )
        return subprocess.run(
            [cli, *arguments, "--stack", self.stack, "--non-interactive", "--color", "never"],
            cwd=self.directory,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def stream(self, *arguments: str) -> int:
        """Run the CLI with its output passed on; its exit code."""
        cli = shutil.which("pulumi", path=self._environment["PATH"]) or "pulumi"
        command = [cli, *arguments, "--stack", self.stack, "--non-interactive"]
        return subprocess.run(command, cwd=self.directory, env=self._environment, check=False).returncode

    def explain(self, arguments: tuple[str, ...], done: subprocess.CompletedProcess[str]) -> str:
        """A sentence for how it failed."""
        said = (done.stderr or done.stdout).strip()
        known = next((words for sign, words in KNOWN_FAILURES.items() if sign in said), None)
        what = f"pulumi {' '.join(arguments[:2])} failed for the stack {self.stack}"
        return f"{what}. {known}" if known else f"{what}: {said or 'it said nothing'}"

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_EXPERIMENTAL": "true",
            **self.environment,
        }
