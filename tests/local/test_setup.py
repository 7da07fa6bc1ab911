"""The set-up does what it can, and says in a sentence what it cannot."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from rich.console import Console

from local.engine import __main__ as engine_command
from local.engine import build, tools
from local.progress import Steps
from local.setup import __main__ as setup_command
from local.setup import checks, packages
from local.setup.alone import alone, cache_directory
from local.setup.environment import Environment
from local.setup.errors import CommandError, Exit
from local.setup.packages import Package

TREE = Path(__file__).resolve().parents[2]
Programs = Callable[..., Path]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """A function that makes small programs, the only ones on PATH but for the shell's own few."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("sh", "env", "cat", "cp", "mkdir", "dirname"):
        (folder / name).symlink_to(f"/bin/{name}" if Path(f"/bin/{name}").exists() else f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def make(name: str, script: str) -> Path:
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return program

    return make


def refused(action: Callable[[], object]) -> CommandError:
    with pytest.raises(CommandError) as error:
        action()
    return error.value


def test_an_old_python_is_told_which_one_is_needed() -> None:
    error = refused(lambda: checks.python_is_recent((3, 9)))
    assert str(error).startswith("This Python is 3.9; the project needs 3.11 or newer.")
    assert error.code == Exit.MACHINE


def test_a_full_disk_is_told_how_much_is_needed(tmp_path: Path) -> None:
    checks.disk_has(1, tmp_path / "not" / "there" / "yet")
    error = refused(lambda: checks.disk_has(10**18, tmp_path / "not" / "there" / "yet"))
    assert f"{tmp_path} has" in str(error)
    assert "1000000000 GB are needed. Make room and try again." in str(error)


def test_without_go_and_pulumi_it_says_what_to_install(programs: Programs) -> None:
    error = refused(checks.go_command)
    assert "There is no pulumi and no Go on PATH. Install one of them" in str(error)
    assert refused(tools.require).code == Exit.MACHINE


def test_a_broken_go_is_named(programs: Programs) -> None:
    go = programs("go", "echo oops")
    assert str(refused(lambda: checks.go_version(str(go)))).startswith(f"{go} does not say its version")


def missing(name: str) -> Package:
    return Package(name, "needed by this test", lambda: False)


def test_missing_system_packages_come_by_apt_with_progress(programs: Programs, tmp_path: Path) -> None:
    done = tmp_path / "done"
    programs("sudo", 'exec "$@"')
    programs(
        "apt-get",
        f'echo "$@" >> {done}; echo dlstatus:1:50.0:fetching; echo pmstatus:webp:60.0:unpacking; echo done',
    )
    said: list[str] = []
    packages.install_missing(said.append, [missing("webp"), Package("there", "", lambda: True)])
    assert [line.split(" -o")[0] for line in done.read_text().splitlines()] == [
        "update -q",
        "install -y --no-install-recommends webp",
    ]
    assert said[-3:] == [
        "system packages: webp",
        "system packages: webp: 20 %",
        "system packages: webp: 80 %",
    ]


def test_apt_s_last_words_are_handed_on(programs: Programs) -> None:
    programs("sudo", 'exec "$@"')
    programs("apt-get", "echo 'E: no network'; exit 100")
    error = refused(lambda: packages.install_missing(lambda _: None, [missing("webp")]))
    assert "E: no network" in str(error)


def test_without_apt_or_root_a_person_is_told_what_to_install(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = refused(lambda: packages.install_missing(lambda _: None, [missing("webp")]))
    assert "This system has no apt." in str(error)
    assert "webp (needed by this test)" in str(error)
    programs("apt-get", "exit 0")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    error = refused(lambda: packages.install_missing(lambda _: None, [missing("webp")]))
    assert "Run as root: apt-get install webp" in str(error)


def test_two_at_once_wait_for_each_other(tmp_path: Path) -> None:
    waited, entered, order = Event(), Event(), list[str]()

    def second() -> None:
        with alone(tmp_path, waited.set):
            order.append("second")
        entered.set()

    with alone(tmp_path, lambda: None):
        thread = Thread(target=second)
        thread.start()
        assert waited.wait(5)
        order.append("first")
    assert entered.wait(5)
    thread.join()
    assert order == ["first", "second"]


BACKEND = """
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(pathlib.Path(folder) / "tiny-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.pth", str(pathlib.Path.cwd()))
        wheel.writestr("tiny-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n")
        wheel.writestr("tiny-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr("tiny-1.dist-info/RECORD", "")
    return "tiny-1-py3-none-any.whl"
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A tiny project that needs no package, nor anything to build it."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "dev.txt").write_text("# none\n")
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (tmp_path / "backend.py").write_text(BACKEND)
    (tmp_path / "tiny.py").write_text("")
    return tmp_path


def test_the_environment_is_made_once_for_the_content_of_its_requirements(clone: Path) -> None:
    environment = Environment(clone)
    said: list[str] = []
    environment.make(said.append)
    assert said[0] == "virtual environment: .venv"
    assert environment.is_current()
    subprocess.run([environment.python, "-c", "import tiny"], check=True)

    (clone / "requirements" / "dev.txt").write_text("no-such-package==1 --hash=sha256:" + "0" * 64 + "\n")
    assert not environment.is_current()
    kept = environment.folder / "kept"
    kept.touch()
    error = refused(lambda: environment.make(said.append))
    assert "pip could not install requirements/dev.txt" in str(error)
    assert kept.exists(), "an environment that can be brought up to date is not thrown away"

    moved = clone.parent / "moved"
    clone.rename(moved)
    (moved / "requirements" / "dev.txt").write_text("# none\n")
    Environment(moved).make(said.append)
    assert not (moved / ".venv" / "kept").exists(), "its programs name the place it was made for"
    moved.rename(clone)


def test_set_up_ends_at_once_when_everything_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(Environment, "is_current", lambda _: True)
    monkeypatch.setattr(setup_command, "say", said.append)
    assert setup_command.prepare(TREE).folder == TREE / ".venv"
    assert said == []


def test_a_problem_of_the_set_up_is_a_sentence_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: Path) -> Environment:
        raise CommandError("No room.", Exit.MACHINE)

    monkeypatch.setattr(setup_command, "prepare", fails)
    assert setup_command.main() == Exit.MACHINE
    assert capsys.readouterr().err == "set-up · No room.\n"


# A real build takes minutes; what is asked of Go is the same.
GO = """
echo "$@" >> $LOG
case "$1 $2" in
  "version ") echo "go version go{version} linux/amd64" ;;
  "mod download") mkdir -p $DIR/bin $DIR/pkg/tool; cp $0 $DIR/bin/go; echo '{{"Dir": "'$DIR'"}}' ;;
  "list -deps") echo "go: downloading module v1" >&2; echo one; echo two ;;
  "list -m") echo $DIR ;;
  "build -v")
    echo one >&2; echo two >&2; test -z "$BROKEN" || {{ echo no memory >&2; exit 1; }}
    for argument; do test "$last" = -o && {{ echo '#!/bin/sh' > $argument; }}; last=$argument; done ;;
esac
"""


@pytest.fixture
def go(programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A function that puts a Go of some version on PATH, which notes what it is asked for."""
    script = tmp_path / "module" / "python" / "cmd" / "pulumi-language-python-exec"
    script.parent.mkdir(parents=True)
    script.write_text("exec")
    monkeypatch.setenv("LOG", str(tmp_path / "asked"))
    monkeypatch.setenv("DIR", str(tmp_path / "module"))

    def install(version: str) -> Path:
        programs("go", GO.format(version=version))
        return tmp_path / "asked"

    return install


@pytest.mark.parametrize(("version", "fetches"), [("1.19.8", True), ("1.26.8", False)])
def test_the_cli_is_built_once_and_an_old_go_gets_its_toolchain_as_a_module(
    go: Callable[[str], Path], version: str, fetches: bool
) -> None:
    asked = go(version)
    said = io.StringIO()
    assert tools.find() is None
    built = build.build(Steps(Console(file=said)))
    assert {file.name for file in built.folder.iterdir()} == {
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
    }
    assert ("golang.org/toolchain@v0.0.1-go1.25.11" in asked.read_text()) == fetches
    assert "Pulumi CLI: compiling" in said.getvalue()
    assert tools.find() == built
    times = asked.read_text().count("build -v")
    assert build.build(Steps(Console(file=said))) == built
    assert asked.read_text().count("build -v") == times == 2


def test_a_failed_build_leaves_nothing_half_done(
    go: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    go("1.26.8")
    monkeypatch.setenv("BROKEN", "yes")
    error = refused(lambda: build.build(Steps(Console(file=io.StringIO()))))
    assert "`go build -v` failed" in str(error)
    assert "no memory" in str(error)
    assert tools.find() is None


def test_a_recent_cli_on_path_is_used_and_an_old_one_is_not(programs: Programs) -> None:
    programs("pulumi-language-python", "")
    programs("pulumi", "echo v3.100.0")
    assert tools.find() is None
    folder = programs("pulumi", "echo v3.300.1").parent
    assert tools.require() == tools.Tools(folder)


def test_the_engine_command_says_what_is_missing(
    programs: Programs, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert engine_command.main() == Exit.MACHINE
    assert "no Go on PATH" in capsys.readouterr().err
    programs("pulumi-language-python", "")
    programs("pulumi", "echo v3.300.1")
    assert engine_command.main() == 0


def test_what_outlives_a_clone_is_kept_by_the_xdg_convention(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert cache_directory() == Path.home() / ".cache" / "vectoricons"
