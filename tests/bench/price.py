"""What AWS would ask for a dossier's life, and for a month of a province of 240,000 dossiers a year. A model.

From the counts measured beside it and list prices kept as dated data. Assumed, and said: how long a function runs is
its CPU time at the share of a processor its memory buys, and 6 ms for each request to AWS.
"""

import json
from functools import cache
from typing import Any, Final, NamedTuple

from ops.local.template import ROOT, read
from tests.bench.operations import Cost

PRICES: Final[dict[str, Any]] = json.loads((ROOT / "tests" / "bench" / "prices.json").read_text(encoding="utf-8"))
USD: Final[dict[str, float]] = PRICES["read"]["usd"] | PRICES["remembered"]["usd"]
DOSSIERS_A_MONTH: Final = 20_000
MOST_FOR_A_LIFE: Final = 0.01
WHOLE_PROCESSOR_GB: Final = 1.769
SECONDS_OF_A_REQUEST: Final = 0.006
# No request of anybody's begins these; each by a function of its own.
BEHIND: Final = {"  checked": "CheckDocument", "stream": "Relay", "queue": "SendNotices", "track": "PullTracking"}
SCHEDULED: Final = ("track",)
LOG_BYTES: Final = 1_500  # of one invocation, with the platform's own lines
# What is paid whether anybody comes or not: Lambda's pollers ask each queue, every alarm and the key cost by the month.
QUEUES, POLLS_A_MINUTE, MINUTES = 4, 15, 43_200
ALARMS: Final = 51
OPERATIONS_USED: Final = 100  # each has a metric of its own, paid for the hours in which somebody asked for it


class Line(NamedTuple):
    what: str
    usd: float


def of_a_life(costs: list[Cost]) -> list[Line]:
    mine = [each for each in costs if not each.name.startswith(SCHEDULED)]

    def sum_of(value: Any) -> float:  # noqa: ANN401
        return sum(each.times * value(each) for each in mine)

    runs = sum_of(lambda each: 1)
    asked = sum_of(lambda each: not each.name.startswith(tuple(BEHIND)))
    messages = sum_of(lambda each: each.name.startswith("queue"))
    return [
        Line("DynamoDB, reads", sum_of(lambda each: each.read_units) / 1e6 * USD["dynamodb_million_reads"]),
        Line("DynamoDB, writes", sum_of(lambda each: each.write_units) / 1e6 * USD["dynamodb_million_writes"]),
        Line("API Gateway", asked / 1e6 * USD["api_gateway_million_rest"]),
        Line("Lambda, runs", runs / 1e6 * USD["lambda_million_invocations"]),
        Line("Lambda, time", sum_of(_gb_seconds) * USD["lambda_gb_second_arm"]),
        Line("SQS", 3 * messages / 1e6 * USD["sqs_million"]),  # sent, received, deleted
        Line("S3", sum_of(lambda each: each.by_service.get("s3", 0)) / 1000 * USD["s3_thousand_writes"]),
        Line("mail", sum_of(lambda each: each.by_service.get("sesv2", 0)) / 1000 * USD["ses_thousand_mails"]),
        Line("logs", runs * LOG_BYTES / 1e9 * USD["logs_gb"]),
    ]


def _gb_seconds(cost: Cost) -> float:
    memory = _memory_gb(cost)
    cpu = (cost.own + cost.inside) / 1000 / (memory / WHOLE_PROCESSOR_GB)
    return (cpu + cost.requests * SECONDS_OF_A_REQUEST) * memory


def _memory_gb(cost: Cost) -> float:
    """Of the function that does it, as the stack says."""
    name = next((BEHIND[begin] for begin in BEHIND if cost.name.startswith(begin)), "APIHandler")
    megabytes: int = _stack()["Resources"][name]["Properties"]["MemorySize"]
    return megabytes / 1024


@cache
def _stack() -> dict[str, Any]:
    return read()


def of_a_month(life: float, runs: float) -> list[Line]:
    polls = QUEUES * POLLS_A_MINUTE * MINUTES / 1e6 * USD["sqs_million"]
    kept = USD["kms_key_month"] + USD["secret_month"] + ALARMS * USD["alarm_month"] + USD["dashboard_month"]
    return [
        Line(f"{DOSSIERS_A_MONTH:,} lives", DOSSIERS_A_MONTH * life),
        Line("queues asked for nothing", polls),
        Line("key, secret, alarms, dashboard", kept),
        Line("metrics, at most", OPERATIONS_USED * USD["metric_month"]),
        Line("traces, at most", DOSSIERS_A_MONTH * runs / 1e6 * USD["xray_million_traces"]),
    ]


def table(costs: list[Cost]) -> list[str]:
    life = of_a_life(costs)
    whole = sum(each.usd for each in life)
    month = of_a_month(whole, sum(each.times for each in costs))
    read, remembered = PRICES["read"], PRICES["remembered"]
    return [
        f"{'a life costs':32} US cents   ({PRICES['region']}, without SMS and storage)",
        *(f"  {each.what:30} {each.usd * 100:8.4f}" for each in life),
        f"  {'together':30} {whole * 100:8.4f}   (at most {MOST_FOR_A_LIFE * 100:.0f})",
        f"{'a month of a province':32} US dollars",
        *(f"  {each.what:30} {each.usd:8.2f}" for each in month),
        f"  {'together':30} {sum(each.usd for each in month):8.2f}",
        f"prices as of {read['as_of']}, from {read['from']}; as of {remembered['as_of']} and not confirmed:",
        f"  {', '.join(name.replace('_', ' ') for name in remembered['usd'])}",
    ]
