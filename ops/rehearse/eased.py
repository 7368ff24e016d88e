"""What the local cloud would refuse though AWS allows it, taken out of the template before it is deployed there."""

import json
from typing import Any, Final

SENDER: Final = "ses:FromAddress"
EASED: Final = (
    "Stage is `local`: so an issuer, a provider and a carrier on loopback are believed.",
    "BucketPolicy is left out: it demands TLS, and the local cloud speaks plain HTTP.",
    f"Mail may be sent as anybody: the local cloud tells its policies neither {SENDER} nor the identity.",
)


def eased(template: dict[str, Any]) -> dict[str, Any]:
    """A copy; everything else is what is deployed to AWS."""
    copied: dict[str, Any] = json.loads(json.dumps(template))
    del copied["Resources"]["BucketPolicy"]
    roles = [each for each in copied["Resources"].values() if each["Type"] == "AWS::IAM::Role"]
    policies = [policy for role in roles for policy in role["Properties"].get("Policies", [])]
    for statement in (each for policy in policies for each in policy["PolicyDocument"]["Statement"]):
        if SENDER in statement.get("Condition", {}).get("StringEquals", {}):
            del statement["Condition"]
            statement["Resource"] = "*"
    return copied
