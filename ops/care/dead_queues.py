"""Where dead letters lie, and whose they are: read from the template, so that a new queue is never forgotten."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from ops.local import template

LAMBDAS_OWN: Final = 3  # what Lambda does with an event that was sent to a function itself


class Route(NamedTuple):
    """From where letters come to lie in `dead`, and whether a queue, the stream or a function's own events.

    `source`: the queue to send them to again; `function`: who could not do with them, `invoke`: how it is called.
    """

    name: str
    kind: Literal["queue", "stream", "function"]
    dead: str
    source: str
    function: str
    invoke: str
    tries: int


def routes(resources: Mapping[str, str], wanted: Mapping[str, Any] | None = None) -> list[Route]:
    """Of each dead-letter queue of the stack. `resources`: what things are called there; `wanted`: the template's."""
    declared = wanted or template.read()["Resources"]
    found = [*_of_queues(declared, resources), *_of_functions(declared, resources)]
    once: dict[str, Route] = {}
    for each in found:
        known = once.setdefault(each.dead, each)
        if not known.invoke and each.invoke:  # a function's own events lie beside those of a queue
            once[each.dead] = known._replace(invoke=each.invoke, function=f"{known.function}, {each.function}")
    return list(once.values())


def _of_queues(declared: Mapping[str, Any], resources: Mapping[str, str]) -> Iterator[Route]:
    readers = {queue: name for name, facts in declared.items() for queue in _read_by(facts)}
    for name, facts in declared.items():
        policy = facts.get("Properties", {}).get("RedrivePolicy")
        if facts.get("Type") == "AWS::SQS::Queue" and policy:
            dead, tries = _named(policy["deadLetterTargetArn"]), int(policy["maxReceiveCount"])
            yield Route(name, "queue", resources[dead], resources[name], readers.get(name, "nobody"), "", tries)


def _of_functions(declared: Mapping[str, Any], resources: Mapping[str, str]) -> Iterator[Route]:
    for name, facts in declared.items():
        properties = facts.get("Properties") or {}
        dead = properties.get("DeadLetterQueue", {}).get("TargetArn")
        if dead and _named(dead) in resources:
            yield _own(name, "function", _named(dead), resources, LAMBDAS_OWN)
        for event in (properties.get("Events") or {}).values():
            on_failure = event["Properties"].get("DestinationConfig", {}).get("OnFailure")
            if on_failure:
                tries = event["Properties"]["MaximumRetryAttempts"] + 1
                yield _own(name, "stream", _named(on_failure["Destination"]), resources, tries)


def _own(name: str, kind: Literal["stream", "function"], dead: str, resources: Mapping[str, str], tries: int) -> Route:
    return Route(dead, kind, resources[dead], "", name, resources[name], tries)


def _read_by(facts: Mapping[str, Any]) -> Iterator[str]:
    for event in ((facts.get("Properties") or {}).get("Events") or {}).values():
        queue = event.get("Properties", {}).get("Queue")
        if queue:
            yield _named(queue)


def _named(reference: Any) -> str:
    """The resource that `Fn::GetAtt` or `Ref` speaks of."""
    spoken = reference.get("Fn::GetAtt") or reference["Ref"]
    return str(spoken[0] if isinstance(spoken, list) else spoken.split(".")[0])
