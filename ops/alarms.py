"""The stack's alarms and its dashboard, made from `.chalice/alarms.yaml`; each kind has a runbook of its name."""

import json
from collections.abc import Iterator
from typing import Any, Final

import yaml

from ops.local.template import ROOT
from ops.permissions import functions

ALARMS: Final = ROOT / ".chalice" / "alarms.yaml"
RUNBOOKS: Final = "docs/runbooks"
NAMESPACE: Final = "motcua"
QUIET: Final = "notBreaching"
ALARM: Final = "AWS::CloudWatch::Alarm"
WIDTH, HEIGHT = 12, 6  # of a dashboard's 24 columns
Json = dict[str, Any]


def declared() -> dict[str, Json]:
    read: dict[str, Json] = yaml.safe_load(ALARMS.read_text(encoding="utf-8"))
    return read


def add_alarms(packaged: Json) -> None:
    """The metric filters that count log lines, the alarms, and one dashboard over all of them."""
    kinds: dict[str, dict[str, Json]] = {}
    for name, alarm in declared().items():
        packaged["Resources"] |= _filters(name, alarm["lines"]) if "lines" in alarm else {}
        kinds[name] = dict(_alarms(name, alarm, packaged))
        packaged["Resources"] |= kinds[name]
    packaged["Resources"]["Dashboard"] = _dashboard(kinds)


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))


def _alarms(name: str, alarm: Json, packaged: Json) -> Iterator[tuple[str, Json]]:
    """By their names in the template: of what, what, and which of its metrics if there are several."""
    metrics = alarm.get("metrics", [_counted(name)])
    for metric in metrics:
        for of, dimensions in _measured(alarm.get("of", {}), packaged):
            yield f"{of}{camel(name)}{metric if len(metrics) > 1 else ''}", _alarm(name, alarm, metric, dimensions)


def _counted(name: str) -> Json:
    """The metric of log lines carries the stack's name, so that no two provinces of an account mix."""
    return {"Fn::Sub": f"{camel(name)}-${{AWS::StackName}}"}


def _measured(of: Any, packaged: Json) -> list[tuple[str, Json]]:
    match of:
        case "each function":
            return [(each, {"FunctionName": {"Ref": each}}) for each in functions(packaged)]
        case list() as queues:
            return [(each, {"QueueName": {"Fn::GetAtt": [each, "QueueName"]}}) for each in queues]
        case _:
            return [("", {name: {"Ref": value} for name, value in of.items()})]


def _alarm(name: str, alarm: Json, metric: str | Json, dimensions: Json) -> Json:
    return {
        "Type": ALARM,
        "Properties": {
            "AlarmDescription": f"{alarm['says']} See {RUNBOOKS}/{name}.md",
            "Namespace": alarm.get("namespace", NAMESPACE),
            "MetricName": metric,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            "Statistic": alarm.get("statistic", "Sum"),
            "Period": alarm.get("seconds", 300),
            "EvaluationPeriods": alarm.get("periods", 1),
            "Threshold": alarm["than"],
            "ComparisonOperator": "LessThanThreshold" if alarm.get("less") else "GreaterThanThreshold",
            "TreatMissingData": alarm.get("silence", QUIET),
            "AlarmActions": [{"Ref": "Alarms"}],
            "OKActions": [{"Ref": "Alarms"}],
        },
    }


def _filters(name: str, lines: Json) -> dict[str, Json]:
    made = {"MetricNamespace": NAMESPACE, "MetricName": _counted(name), "MetricValue": "1"}
    return {
        f"{function}{camel(name)}Lines": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "LogGroupName": {"Ref": f"{function}Logs"},
                "FilterPattern": lines["pattern"],
                "MetricTransformations": [made],
            },
        }
        for function in lines["logs"]
    }


def _dashboard(kinds: dict[str, dict[str, Json]]) -> Json:
    """Every alarm's state at a glance, then what each kind measures."""
    states = [f"${{{alarm}.Arn}}" for alarms in kinds.values() for alarm in alarms]
    widgets = [_widget("alarm", 0, 0, 2 * WIDTH, {"title": "${Province} ${ProvinceName}", "alarms": states})]
    for number, (name, alarms) in enumerate(kinds.items()):
        measured = [each["Properties"] for each in alarms.values()]
        shown = {
            "title": name,
            "region": "${AWS::Region}",
            "stat": measured[0]["Statistic"],
            "period": measured[0]["Period"],
            "metrics": [_row(each) for each in measured],
            "annotations": {"horizontal": [{"value": measured[0]["Threshold"]}]},
        }
        widgets.append(_widget("metric", WIDTH * (number % 2), HEIGHT * (1 + number // 2), WIDTH, shown))
    body = json.dumps({"widgets": widgets}, ensure_ascii=False)
    properties = {"DashboardName": {"Ref": "AWS::StackName"}, "DashboardBody": {"Fn::Sub": body}}
    return {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}


def _widget(kind: str, x: int, y: int, width: int, properties: Json) -> Json:
    return {"type": kind, "x": x, "y": y, "width": width, "height": HEIGHT, "properties": properties}


def _row(alarm: Json) -> list[str]:
    """A metric as dashboards write it: namespace, name, then each dimension's name and value."""
    dimensions = [word for each in alarm["Dimensions"] for word in (each["Name"], _said(each["Value"]))]
    return [alarm["Namespace"], _said(alarm["MetricName"]), *dimensions]


def _said(value: str | Json) -> str:
    """What the template will put there, inside of a longer text."""
    if isinstance(value, str):
        return value
    (told,) = value.values()
    if "Fn::Sub" in value:
        return str(told)
    return f"${{{told if isinstance(told, str) else '.'.join(told)}}}"
