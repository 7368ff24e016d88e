"""A request as API Gateway hands it to the function."""

from collections.abc import Mapping
from typing import Any


def event_of(
    method: str,
    address: str,
    parts: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: str = "",
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """`address`: as the route names it; `parts`: what stands in it for each part that varies."""
    context = {"httpMethod": method, "resourcePath": address, "path": address.format(**parts or {}), "requestId": "r"}
    return {
        "requestContext": {**context, "identity": {"sourceIp": "203.0.113.7"}},
        "headers": {"content-type": "application/json", "accept-language": "vi", **(headers or {})},
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} if query else None,
        "pathParameters": dict(parts) if parts else None,
        "stageVariables": None,
        "body": body,
        "isBase64Encoded": False,
    }
