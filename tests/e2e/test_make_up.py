"""What a newcomer gets from `make up`: icons for everybody to see, by the program that production uses."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
import requests
from rich.console import Console

from local.progress import Steps
from local.region.bringing_up import BringingUp
from local.setup.errors import CommandError, Exit
from tests.e2e.conftest import REFUSED_ON_PURPOSE, LiveRegion, make

TIMEOUT = 30
WORKERS = ("intake", "images", "previews", "relay", "messenger", "reaper")


def test_up_makes_a_sample_public_and_is_done_at_once_the_next_time(region: LiveRegion) -> None:
    code, said = make(region, "up")
    assert code == 0, said
    family = next(line.split()[-1] for line in said.splitlines() if line.startswith("Sample family"))
    page = requests.get(family, timeout=TIMEOUT)
    assert page.status_code == 200
    assert "Everyday things" in page.text
    assert region.account.password in said
    hits = requests.get(f"{region.site}/api/v1/search", params={"q": "umbrella"}, timeout=TIMEOUT).json()[
        "items"
    ]
    assert [hit["name"] for hit in hits] == ["Umbrella"]
    assert requests.get(hits[0]["thumbnail"]["webp"], timeout=TIMEOUT).headers["Content-Type"] == "image/webp"

    code, again = make(region, "up")
    assert code == 0
    assert "✓" not in again, "nothing was left to do"
    assert family in again


def test_every_service_runs_and_every_call_was_a_task_role_s_and_allowed(region: LiveRegion) -> None:
    make(region, "up")
    code, said = make(region, "status")
    assert code == 0
    assert all(
        f"worker-{name}" in said for name in ("intake", "images", "previews", "relay", "messenger", "reaper")
    )
    by_tasks = [call for call in region.calls() if call["kind"] != "user"]
    assert {call["principal"] for call in by_tasks} >= {
        "vectoricons-local-api-task",
        "vectoricons-local-worker-images-task",
        "vectoricons-local-api-execution",
    }
    refused = {(call["principal"], call["permission"]) for call in by_tasks if not call["allowed"]}
    assert refused <= {REFUSED_ON_PURPOSE}


def test_slack_hears_of_the_sample_once(region: LiveRegion) -> None:
    make(region, "up")
    deadline = time.monotonic() + TIMEOUT
    while not (notices := [message for message in region.slack() if "Everyday things" in str(message)]):
        assert time.monotonic() < deadline, "Slack heard nothing"
        time.sleep(0.2)
    assert len(notices) == 1


def test_a_refused_upload_says_why(region: LiveRegion) -> None:
    contributor = region.contributor()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "no icons")
    upload = contributor.upload("empty.zip", packed.getvalue())
    with pytest.raises(CommandError) as error:
        contributor.follow(upload, lambda _: None, patience=60)
    assert error.value.code == Exit.SAMPLE
    assert str(error.value).startswith("The upload is refused: ")


def test_a_contributor_whose_password_is_lost_is_not_made_up(region: LiveRegion) -> None:
    steps = Steps(Console(file=io.StringIO()))
    bringing_up = BringingUp(region.region, steps)
    bringing_up.story = bringing_up.story.model_copy(update={"account": None})
    with pytest.raises(CommandError, match="gave no account"):
        bringing_up.contributor()
