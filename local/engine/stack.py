"""A stack of this project's program, driven through the real engine without any account."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pulumi import automation
from pydantic import BaseModel

from local.engine import stack_file
from local.engine.events import Account
from local.engine.judgement import Judgement
from local.engine.releases import FORMAT
from local.engine.tools import Tools, built_folder
from local.files import write_private
from local.progress import Step
from local.provider import plugins
from local.setup.errors import CommandError, Exit

OF_A_REAL_BACKEND = ("secretsprovider", "encryptedkey", "encryptionsalt")
"""Keys of a stack file that belong to the secrets of the stack's own backend."""


STRIPE_KEY = "sk_test_local"  # for Stripe's stand-in, which takes any


@cache
def command(tools: Tools) -> automation.PulumiCommand:
    """*tools* as Pulumi's automation takes them: it asks for their version, and once is enough."""
    built = tools.folder == built_folder()
    return automation.PulumiCommand(str(tools.folder.parent) if built else None)


class Keys(BaseModel):
    """Secrets made for one stack here, kept as long as its state."""

    passphrase: str
    session: str
    links: str

    @classmethod
    def kept_in(cls, file: Path) -> Keys:
        """Those in *file*, made at the first call."""
        if not file.exists():
            keys = cls(
                passphrase=secrets.token_urlsafe(32), session=secrets.token_urlsafe(32), links=_rsa_key()
            )
            write_private(file, keys.model_dump_json())
        return cls.model_validate_json(file.read_bytes())


def _rsa_key() -> str:
    key = generate_private_key(public_exponent=65_537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@dataclass(frozen=True)
class Program:
    """The program of *tree* as the stack *name*; all that the engine keeps is in *directory*.

    *region* is the directory of the region to make resources in; None records only.
    """

    tools: Tools
    tree: Path
    name: str
    directory: Path
    region: Path | None = None

    def configure(self, settings: Mapping[str, Any], slack_webhook: str) -> None:
        """Write what the engine reads: the tree's own files, *settings* over them, secrets of this place."""
        self.directory.mkdir(exist_ok=True, mode=0o700)
        (self.directory / "state").mkdir(exist_ok=True)
        # A run that was killed leaves its lock; who calls this is alone with the stack.
        shutil.rmtree(self.directory / "state" / ".pulumi" / "locks", ignore_errors=True)
        plugins.install(self.directory / "home", Path(sys.executable))
        project = yaml.safe_load((self.tree / "Pulumi.yaml").read_text())
        project["main"] = str(self.tree)
        project["runtime"] = {"name": "python", "options": {"virtualenv": sys.prefix}}
        self._write("Pulumi.yaml", project)
        self._write(self._stack_file, self._stack_settings(project["name"], settings))
        self._stack.set_all_config(
            {
                "sessionKey": automation.ConfigValue(self._keys.session, secret=True),
                "slackWebhook": automation.ConfigValue(slack_webhook, secret=True),
                "stripeKey": automation.ConfigValue(STRIPE_KEY, secret=True),
                "stripeWebhookSecret": automation.ConfigValue(self._keys.session, secret=True),
                "cdnPrivateKey": automation.ConfigValue(self._keys.links, secret=True),
            }
        )

    def preview(self, policy: Path | None, step: Step) -> Account:
        """What `up` would do, under a policy pack if one is given. Raises CommandError with its reasons."""
        account = Account(step)
        with self._failures_told(account):
            self._stack.preview(policy_packs=[str(policy)] if policy else None, on_event=account.hear)
        return account

    def up(self, policy: Path, step: Step) -> Mapping[str, Any]:
        """Preview, then make it so. Returns the program's outputs. Raises CommandError."""
        account = Account(step, self.preview(policy, step).resources.total())
        with self._failures_told(account):
            result = self._stack.up(policy_packs=[str(policy)], on_event=account.hear, show_secrets=False)
        return {name: output.value for name, output in result.outputs.items()}

    def record(self, step: Step) -> None:
        """Make it so unjudged, which without a region records what would be. Raises CommandError."""
        account = Account(step)
        with self._failures_told(account):
            self._stack.up(on_event=account.hear, show_secrets=False)

    def judge(self, policy: Path) -> Judgement:
        """What the pack *policy* says of the state, where nothing is unknown. Raises CommandError."""
        exported = self._stack.export_stack()
        state = self.directory / "state.json"
        write_private(state, json.dumps({"version": exported.version, "deployment": exported.deployment}))
        run = subprocess.run(
            [self.tools.pulumi, *("policy", "analyze", "--json", "--file"), state, "--policy-pack", policy],
            cwd=self.directory,
            env={**os.environ, **self._environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return Judgement.of(run.stdout, run.stderr)

    def destroy(self, step: Step) -> None:
        """Take everything away again. Raises CommandError."""
        account = Account(step)
        with self._failures_told(account):
            self._stack.destroy(on_event=account.hear, show_secrets=False)

    def export(self) -> Mapping[str, Any]:
        """The stack's state, as the engine keeps it."""
        return self._stack.export_stack().deployment or {}

    def take_in(self, deployment: Mapping[str, Any]) -> None:
        """Let the stack stand as in *deployment*, a state that was exported before, of whatever backend."""
        salt = yaml.safe_load((self.directory / self._stack_file).read_text())["encryptionsalt"]
        keeper = {"type": "passphrase", "state": {"salt": salt}}
        ours = {**deployment, "secrets_providers": keeper}
        self._stack.import_stack(automation.Deployment(version=FORMAT, deployment=ours))

    @property
    def _stack_file(self) -> str:
        return f"Pulumi.{self.name}.yaml"

    @property
    def _keys(self) -> Keys:
        return Keys.kept_in(self.directory / "keys.json")

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PULUMI_HOME": str(self.directory / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.directory / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": self._keys.passphrase,
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "VECTORICONS_REGION": str(self.region or ""),
            # The engine lives for a minute at most: it need not look for garbage as often as a server.
            "GOGC": "400",
            # After each step the engine writes all the state, lest it forget what it has made: here, nothing.
            "PULUMI_SKIP_CHECKPOINTS": str(self.region is None).lower(),
        }

    @cached_property
    def _stack(self) -> automation.Stack:
        workspace = automation.LocalWorkspaceOptions(
            pulumi_command=command(self.tools), env_vars=self._environment
        )
        return automation.create_or_select_stack(self.name, work_dir=str(self.directory), opts=workspace)

    def _stack_settings(self, project: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        declared = stack_file.read(self.tree, self.name)
        config = {
            key: value
            for key, value in declared.get("config", {}).items()
            if not (isinstance(value, dict) and "secure" in value)
        }
        kept = {key: value for key, value in declared.items() if key not in OF_A_REAL_BACKEND}
        written = self.directory / self._stack_file
        if written.exists():
            before = yaml.safe_load(written.read_text())
            kept |= {key: before[key] for key in ["encryptionsalt"] if key in before}
        return {
            **kept,
            "config": {**config, **{f"{project}:{key}": value for key, value in settings.items()}},
        }

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        write_private(self.directory / name, yaml.safe_dump(content, sort_keys=False))

    @contextmanager
    def _failures_told(self, account: Account) -> Iterator[None]:
        """Say a failure of the engine in the words of its own events, not in a page of its output."""
        try:
            yield
        except automation.CommandError as error:
            why = account.why_it_failed() or str(error)
            raise CommandError(
                f"The stack {self.name} is not as declared:\n{why}", Exit.DECLARATION
            ) from error
