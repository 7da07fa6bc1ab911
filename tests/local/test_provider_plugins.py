"""How the engine finds and starts the provider, and what it says when it cannot work."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from local.provider import plugins
from local.provider.__main__ import main
from local.provider.region import FILE, VARIABLE, Region, RegionError


def test_the_plugins_lie_where_the_engine_looks_under_the_versions_of_the_sdks(tmp_path: Path) -> None:
    plugins.install(tmp_path, Path(sys.executable))
    plugins.install(tmp_path, Path(sys.executable))

    folder = tmp_path / "plugins" / f"resource-aws-v{version('pulumi-aws')}"
    program = folder / "pulumi-resource-aws"
    assert folder.with_name(folder.name + ".lock").exists()
    assert (
        tmp_path / "plugins" / f"resource-awsx-v{version('pulumi-awsx')}" / "pulumi-resource-awsx"
    ).exists()
    with subprocess.Popen([str(program), "127.0.0.1:1"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline()
        process.terminate()
    assert int(port) > 0


def test_a_region_that_cannot_be_read_is_said_before_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))

    assert main(["aws", "-v=9", "127.0.0.1:1"]) == 2

    said = capsys.readouterr().err
    assert said.startswith(f"{VARIABLE} names {tmp_path}, and there is no readable {FILE} in it")
    assert "Start the region with `make up`" in said


def test_a_region_file_of_another_shape_is_said_by_its_property(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({"endpoint": "http://127.0.0.1:1", "account": "1"}))
    with pytest.raises(RegionError, match=r"region\.json: region: Field required\. Start a fresh region"):
        Region.from_environment({VARIABLE: str(tmp_path)})

    (tmp_path / FILE).write_text("{")
    with pytest.raises(RegionError, match=r"region\.json: the file: Invalid JSON"):
        Region.from_environment({VARIABLE: str(tmp_path)})


def test_without_a_region_there_is_none() -> None:
    assert Region.from_environment({}) is None
