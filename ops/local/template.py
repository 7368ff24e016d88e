"""The stack's template as data: read from `.chalice/stack.yaml`, packaged by Chalice, expanded to plain resources."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from chalice.package import YAMLTemplateSerializer

ROOT: Final = Path(__file__).parents[2]
STACK: Final = ROOT / ".chalice" / "stack.yaml"
TABLE_ARGUMENTS: Final = {
    "BillingMode",
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
    "StreamSpecification",
}


def read(path: Path = STACK) -> dict[str, Any]:
    """The template with its intrinsic functions in their long form."""
    template: dict[str, Any] = YAMLTemplateSerializer().load_template(path.read_text(encoding="utf-8"), str(path))
    return template


@cache
def _own() -> dict[str, Any]:
    return read()


def table_request(name: str) -> dict[str, Any]:
    """The arguments of CreateTable that make the template's table: there is no second description of it."""
    properties = _own()["Resources"]["Table"]["Properties"]
    request = {key: value for key, value in properties.items() if key in TABLE_ARGUMENTS}
    request["StreamSpecification"] = {"StreamEnabled": True, **request["StreamSpecification"]}
    return {"TableName": name, **request}


def stage_environment(stage: str) -> dict[str, str]:
    """What `.chalice/config.json` gives the functions of a stage before the stack's own values replace it."""
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    variables: dict[str, str] = config["stages"][stage]["environment_variables"]
    return variables


def page_of_no_address() -> str:
    """What the gateway shows a browser that asks for an address there is not."""
    said = _own()["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]["MISSING_AUTHENTICATION_TOKEN"]
    return str(said["ResponseTemplates"]["text/html"])


def scheduled(template: dict[str, Any]) -> list[str]:
    """The functions that run by the clock."""
    resources: dict[str, Any] = template["Resources"]
    return [
        name
        for name, resource in resources.items()
        if any(event["Type"] == "Schedule" for event in resource.get("Properties", {}).get("Events", {}).values())
    ]
