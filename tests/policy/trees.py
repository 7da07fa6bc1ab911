"""A small tree that the commands take for the project's: one component, judged by the project's own pack."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.policy.conftest import PROGRAM_HEAD
from tests.policy.engine import PACK

QUEUE = 'queue("bare")\n'
WAIVED = {"sqs-encrypted": "sqsManagedSseEnabled", "sqs-dlq": "redrivePolicy"}
URN = "urn:pulumi:dev::vectoricons::vectoricons:dev:Home$aws:sqs/queue:Queue::home-bare"


def small_tree(folder: Path) -> Path:
    """In *folder*, the stack `dev`: a queue with two faults, and a waiver for each."""
    pack = shutil.copytree(PACK.parent, folder / "policy")
    told = f"urn: '{URN}', reason: only ever holds public numbers, owner: catalogue, expires: 2999-01-01"
    waivers = (f"- {{rule: {rule}, finding: {finding}, {told}}}\n" for rule, finding in WAIVED.items())
    (pack / "waivers.yaml").write_text("".join(waivers))
    (folder / "Pulumi.yaml").write_text("name: vectoricons\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text("config: {vectoricons:site: https://dev.test}\n")
    (folder / "__main__.py").write_text(PROGRAM_HEAD.replace("demo", "dev") + QUEUE)
    return folder
