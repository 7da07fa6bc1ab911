"""What is deployed is what was approved, for the state it was approved for."""

from __future__ import annotations

from pathlib import Path

import pytest

from delivery import plans
from delivery.errors import DeliveryError
from delivery.images import FILE, Digests
from delivery.plans import PLAN, PREVIEW, Record
from delivery.preview.comment import Preview
from delivery.preview.digest import Digest
from tests.delivery.engine import TREE, WEBHOOK, Offline

POLICY = TREE / "policy" / "run"
IMAGES = Digests(**{each: f"sha256:{number:064x}" for number, each in enumerate(Digests.model_fields, 1)})
# The stack is planned once, for all that look at the plan.
pytestmark = pytest.mark.xdist_group("delivery-plans")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Offline:
    """dev, with nothing in it yet."""
    offline = Offline("dev", tmp_path_factory.mktemp("plans"))
    offline.configure({})
    return offline


@pytest.fixture(scope="module")
def folder(stack: Offline, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first plan of all, made from commit `abc` to run IMAGES."""
    folder = tmp_path_factory.mktemp("plan")
    assert plans.make(stack.pulumi, POLICY, "abc", folder, IMAGES) == 0
    return folder


def test_a_plan_is_for_one_commit_one_state_is_what_was_recorded_and_serves_once(
    stack: Offline, folder: Path, tmp_path: Path
) -> None:
    pulumi = stack.pulumi
    assert plans.verify(pulumi, "abc", folder) == Record.read(folder)
    assert plans.counts(folder)["create"] > 200
    with pytest.raises(DeliveryError, match="made from commit abc, this is def"):
        plans.verify(stack.pulumi, "def", folder)
    for name in ("record.json", PLAN):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / PLAN).write_text("{}")
    with pytest.raises(DeliveryError, match=r"is not the plan that was recorded"):
        plans.verify(stack.pulumi, "abc", tmp_path)
    with pytest.raises(DeliveryError, match=r"holds no plan\. Make one"):
        plans.verify(stack.pulumi, "abc", tmp_path / "none")

    assert pulumi.stream("up", "--yes", "--skip-preview", "--plan", str(folder / PLAN)) == 0
    with pytest.raises(DeliveryError, match=r"has changed since the plan of .* was approved"):
        plans.verify(pulumi, "abc", folder)


def test_a_plan_is_to_run_the_images_it_was_made_for_and_they_lie_beside_it(
    stack: Offline, folder: Path
) -> None:
    for digest in IMAGES.model_dump().values():
        assert digest in (folder / PLAN).read_text()
    assert Digests.read(folder / FILE) == IMAGES
    plans.use_images(stack.pulumi, folder)
    assert IMAGES.api in (stack.pulumi.directory / "Pulumi.dev.yaml").read_text()


def test_no_secret_is_in_a_plan_or_a_preview(folder: Path) -> None:
    for name in (PLAN, PREVIEW):
        assert WEBHOOK not in (folder / name).read_text()


def test_the_comment_on_a_first_deploy_fits_though_everything_is_new(folder: Path) -> None:
    digest = Digest.read((folder / PREVIEW).read_text())
    text = Preview(stack="dev", region="us-east-1", digest=digest).comment()
    assert len(text) < 64_000
    assert "to create**" in text
    assert "Data is lost" not in text
    assert "database-instance" in text


def test_a_preview_that_fails_leaves_no_plan_and_a_comment_that_says_why(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    misspelt = Offline("dev", tmp_path_factory.mktemp("misspelt"))
    misspelt.configure({"netwrok": "10.0.0.0/16"})
    assert plans.make(misspelt.pulumi, POLICY, "abc", tmp_path) != 0
    with pytest.raises(DeliveryError, match="holds no plan"):
        Record.read(tmp_path)
    text = Preview(
        stack="dev", region="us-east-1", digest=Digest.read((tmp_path / PREVIEW).read_text())
    ).comment()
    assert "**there is no plan**" in text
    assert "netwrok is not a setting. Did you mean network?" in text


def test_a_stack_that_is_not_there_is_a_sentence(stack: Offline) -> None:
    known = stack.pulumi
    with pytest.raises(DeliveryError, match="This backend has no such stack"):
        type(known)("staging", known.directory, known.environment).outputs()


def test_without_a_cli_there_is_a_sentence(stack: Offline, tmp_path: Path) -> None:
    known = stack.pulumi
    with pytest.raises(DeliveryError, match="There is no pulumi on PATH"):
        type(known)("dev", known.directory, {**known.environment, "PATH": str(tmp_path)}).outputs()
