"""What runs around Pulumi, on a whole region: smoke, one-off commands, and the backfill in shards."""

from __future__ import annotations

import json

import pytest
import requests
from click.testing import CliRunner

from delivery import cli
from tests.e2e.conftest import LiveRegion, make

TIMEOUT = 30
SHARDS = 4


def delivery(region: LiveRegion, command: str, *arguments: str) -> tuple[int, str]:
    """The exit code and the words of a command of `delivery` for the stack at home."""
    result = CliRunner().invoke(
        cli.main,
        [command, "--stack", "local", "--region", str(region.directory), *arguments],
        catch_exceptions=False,
    )
    return result.exit_code, result.output


def test_smoke_passes_on_a_region_that_works(region: LiveRegion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMOKE_EMAIL", region.account.email)
    monkeypatch.setenv("SMOKE_PASSWORD", region.account.password)
    code, said = delivery(region, "smoke", "--patience", "120")
    assert code == 0, said
    assert said.count("✓") == 5
    assert "it was refused as it should be" in said


def test_a_command_runs_once_as_a_service(region: LiveRegion) -> None:
    code, said = delivery(
        region, "run-task", "api", "--command", f"api add-contributor {region.account.email} --name A"
    )
    assert code == 0
    assert "created=False" in said
    assert delivery(region, "run-task", "api", "--command", "api add-contributor")[0] == 2


def test_the_migration_is_a_task_of_its_own_and_may_be_run_again(region: LiveRegion) -> None:
    code, said = delivery(region, "run-task", "migrate")
    assert code == 0, said
    assert "database migrated" in said


def test_the_backfill_makes_every_image_once_however_often_it_is_run(region: LiveRegion) -> None:
    def converted(said: str) -> int:
        ends = [line for line in said.splitlines() if "backfill-ended" in line]
        assert len(ends) == SHARDS, said
        return sum(int(line.partition("converted=")[2].split()[0]) for line in ends)

    make(region, "up")
    code, first = delivery(region, "run-task", "converter", "--shards", str(SHARDS))
    assert code == 0, first
    total = converted(first)
    assert total >= 60, "the sample alone has sixty icons"

    code, second = delivery(region, "run-task", "converter", "--shards", str(SHARDS))
    assert code == 0, second
    assert converted(second) == total, "the totals are those of the whole run"
    page = requests.get(f"{region.site}/api/v1/icons?limit=1", timeout=TIMEOUT).json()
    picture = requests.get(page["items"][0]["thumbnail"]["webp"], timeout=TIMEOUT)
    assert picture.headers["Content-Type"] == "image/webp", json.dumps(page["items"][0])
