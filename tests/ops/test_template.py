import json
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.settings import Settings
from ops.local import template
from ops.local.deploy import expanded
from ops.package import package

pytestmark = pytest.mark.slow

NAMES = {field.alias or name for name, field in Settings.model_fields.items()} - {"AWS_DEFAULT_REGION"}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    folder = tmp_path_factory.mktemp("package")
    return {stage: package(stage, folder / stage, with_requirements=False) for stage in ("local", "production")} | {
        "folder": folder
    }


def functions(packaged: dict) -> dict[str, dict]:
    kind = "AWS::Serverless::Function"
    return {name: each["Properties"] for name, each in packaged["Resources"].items() if each["Type"] == kind}


def test_cfn_lint_finds_nothing(packages):
    path = packages["folder"] / "production" / "template.json"
    cfn_lint = Path(sys.executable).with_name("cfn-lint")

    found = subprocess.run([cfn_lint, path], capture_output=True, text=True)

    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.parametrize("stage", ["local", "production"])
def test_every_setting_is_in_each_stage(stage):
    assert set(template.stage_environment(stage)) == NAMES


def test_the_local_stack_deploys_the_very_template_of_production(packages):
    def without_the_stage(packaged: dict) -> dict:
        return json.loads(json.dumps(packaged).replace("stage=production", "stage=local"))

    assert without_the_stage(packages["local"]) == without_the_stage(packages["production"])


def test_every_function_has_the_stacks_environment_and_a_role_of_its_own(packages):
    for name, properties in functions(packages["production"]).items():
        variables = properties["Environment"]["Variables"]
        assert set(variables) == NAMES, name
        assert all(set(value) == {"Ref"} for value in variables.values()), name
        assert properties["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}, name


def test_dates_are_flagged_on_any_day_since_one_off_may_be_worked(packages):
    (event,) = functions(packages["production"])["FlagDeadlines"]["Events"].values()

    assert event["Properties"]["Schedule"] == "cron(0/15 0-11 * * ? *)"


def test_every_queue_and_stream_reports_single_failures(packages):
    events = [
        (name, event)
        for name, properties in functions(packages["production"]).items()
        for event in (properties.get("Events") or {}).values()
        if event["Type"] in ("SQS", "DynamoDB")
    ]

    assert len(events) >= 4
    for name, event in events:
        assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name


def test_a_queue_hides_a_message_for_six_times_its_functions_time_out(packages):
    resources = packages["production"]["Resources"]
    for name, properties in functions(packages["production"]).items():
        for event in (properties.get("Events") or {}).values():
            if event["Type"] == "SQS":
                queue = resources[event["Properties"]["Queue"]["Fn::GetAtt"][0]]["Properties"]
                assert queue["VisibilityTimeout"] >= 6 * properties["Timeout"], name
                assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5, name


def test_nothing_of_this_machine_is_packaged(packages):
    import zipfile

    with zipfile.ZipFile(packages["folder"] / "production" / "deployment.zip") as archive:
        names = archive.namelist()

    assert "app.py" in names
    assert not [name for name in names if name.startswith(("ops/", "tests/", ".chalice/"))]


def test_no_placeholder_is_left_in_the_plain_resources(packages):
    native = expanded(packages["production"], lambda archive: ("motcua-code", "code.zip"))

    assert "set-by-the-stack" not in json.dumps(native)
    assert "replaced-by-stack" not in json.dumps(native)


def test_the_tests_table_is_the_templates(table):
    import boto3

    from chalicelib.settings import settings

    made = boto3.client("dynamodb").describe_table(TableName=settings().TABLE)["Table"]
    wanted = template.read()["Resources"]["Table"]["Properties"]

    assert {index["IndexName"] for index in made["GlobalSecondaryIndexes"]} == {
        index["IndexName"] for index in wanted["GlobalSecondaryIndexes"]
    }
    assert made["KeySchema"] == wanted["KeySchema"]


def test_the_end_of_the_calendar_is_alarmed_on_by_what_the_daily_watch_measures(packages, table, capsys, monkeypatch):
    from chalicelib.clock import actions
    from chalicelib.clock.now import now

    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")
    alarm = packages["production"]["Resources"]["CalendarHorizon"]
    actions.watch_horizon(now())
    measured = json.loads(next(line for line in capsys.readouterr().out.splitlines() if "CalendarDaysLeft" in line))
    (how,) = measured["_aws"]["CloudWatchMetrics"]

    said = alarm["Properties"]
    assert (said["Namespace"], said["MetricName"]) == (how["Namespace"], how["Metrics"][0]["Name"])
    assert [[each["Name"] for each in said["Dimensions"]]] == how["Dimensions"]
    assert said["Threshold"] == actions.HORIZON_WARNED
    assert said["AlarmActions"] == [{"Ref": "Alarms"}]
