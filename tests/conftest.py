"""What every test stands on: the environment of the local stage, a mocked cloud, and the local cloud."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis

ROOT = Path(__file__).parents[1]
LOCAL = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))["stages"]["local"]

# Before chalicelib is imported: a variable that config.json forgets fails the whole suite here.
os.environ.update(LOCAL["environment_variables"])
os.environ.update(
    AWS_DEFAULT_REGION="ap-southeast-1",
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    POWERTOOLS_METRICS_DISABLED="true",  # a line for each request: they are looked at where they are meant
)
for inherited in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"):
    os.environ.pop(inherited, None)

from ops.local import cloud  # noqa: E402 - after the environment
from tests import people, roles, second_table  # noqa: E402
from tests.local_stack import Started, started  # noqa: E402

os.environ["ISSUERS"] = people.ISSUERS
# The province of the tests uses one provider, unless a test says otherwise.
os.environ["PAYMENTS"] = json.dumps({"vnpay": json.loads(os.environ["PAYMENTS"])["vnpay"]})

# A machine may be busy: how long one example takes says nothing. The rest is as hypothesis chooses, in CI too.
hypothesis.register_profile("unhurried", hypothesis(deadline=None))
hypothesis.load_profile("unhurried")

import app as _whole  # noqa: E402, F401 - in every test there are all the routes, and all the kinds of item

roles.install(pytest.MonkeyPatch())

SECRETS = {
    "vnpay": {"tmn_code": "TESTMC01", "secret": "a-secret-of-the-tests-only-vnpay"},
    "vnpost": {"key": "tests", "secret": "a-secret-of-the-tests-only-vnpost", "customer_code": "TEST"},
    "papers": {"kid": "tests", "private_key": "YS1zZWVkLW9mLXRoZS10ZXN0cy1vbmx5LTMyYnl0ZXM"},
}


USE_THE_TABLE = {"table", "town"}
NO_CHROMIUM = "there is no Chromium here (Debian: apt-get install chromium)"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was not looked at in a browser is said where nobody misses it."""
    skipped = [each for each in terminalreporter.stats.get("skipped", []) if NO_CHROMIUM in str(each.longrepr)]
    if skipped:
        said = f"{len(skipped)} BROWSER TESTS WERE NOT RUN: {NO_CHROMIUM}"
        terminalreporter.write_sep("!", said, red=True, bold=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz", type=int, default=0, help="requests per operation and caller, other ones each time")
    parser.addoption("--second-table", action="store_true", help="on another implementation of DynamoDB's interface")
    parser.addoption("--model", type=int, default=0, help="examples of the model of money, other ones each time")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the other implementation only what uses the table is worth running."""
    if config.getoption("--second-table"):
        useful = [each for each in items if USE_THE_TABLE & set(getattr(each, "fixturenames", ()))]
        config.hook.pytest_deselected(items=[each for each in items if each not in useful])
        items[:] = useful


# Caches of clients: good for as long as the environment names the same cloud.
CLIENTS = {"client", "_ses", "_sqs"}


def forget_connections() -> None:
    """Drop every client and cached value, so that the next call meets the cloud the environment names now."""
    from aws_lambda_powertools.utilities import parameters

    from chalicelib.table import Item

    for kind in _kinds(Item):
        kind._connection = None
    parameters.clear_caches()
    _clear_caches(but=set())


def forget_values() -> None:
    """Drop what was read from a cloud, but not the clients: each costs a test more than all it does."""
    from aws_lambda_powertools.utilities.parameters import base

    for provider in base.DEFAULT_PROVIDERS.values():
        provider.clear_cache()
    _clear_caches(but=CLIENTS)


def _clear_caches(but: set[str]) -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("chalicelib"):
            for value in list(vars(module).values()):
                if callable(getattr(value, "cache_clear", None)) and getattr(value, "__name__", "") not in but:
                    value.cache_clear()


def _kinds(kind: type) -> list[type]:
    return [kind, *(below for child in kind.__subclasses__() for below in _kinds(child))]


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """The environment with these variables, as a service that starts in it would see it."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    forget_connections()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
        forget_connections()


@pytest.fixture(scope="session", autouse=True)
def _other_table(request: pytest.FixtureRequest) -> Iterator[None]:
    if not request.config.getoption("--second-table"):
        yield
        return
    with second_table.serving() as endpoint, environment(**{second_table.ADDRESS: endpoint}):
        yield


@pytest.fixture
def table() -> Iterator[None]:
    """The table, bucket, queues and secret in a mocked cloud: quick, but its transactions are not isolated."""
    from tests.mocked import mock_aws

    with mock_aws():
        forget_values()
        second_table.emptied()
        cloud.create_bare(os.environ, SECRETS)
        yield


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a local cloud of this session's own, with the template's table, bucket, queues and secret."""
    with cloud.running(tmp_path_factory.mktemp("ministack"), keep=False) as endpoint:
        with environment(AWS_ENDPOINT_URL=endpoint):
            cloud.create_bare(os.environ, SECRETS)
        yield endpoint


@pytest.fixture
def stack(ministack: str) -> Iterator[str]:
    """For the length of a test, the service talks to the local cloud, whose transactions are real."""
    with environment(AWS_ENDPOINT_URL=ministack):
        yield ministack


@pytest.fixture
def town(table: None) -> Iterator[people.Town]:
    """Everyone, speaking to the service in this process, over the mocked cloud."""
    from chalice.test import Client

    from app import app

    with Client(app, stage_name="tests") as client:  # a stage without variables: ours stand
        yield people.Town(people.in_process(client))


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """The whole product as `make run` serves it, in a folder of this session's own."""
    with started(tmp_path_factory.mktemp("local") / "data") as stack:
        yield stack
