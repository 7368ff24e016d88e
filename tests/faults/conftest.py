"""The whole service over the local cloud, whose transactions are real, with a carrier on loopback."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import boto3
import pytest
from chalice.test import Client

import app
from chalicelib.postal import vnpost
from chalicelib.settings import settings
from chalicelib.web import serving
from ops.local.vnpost_double import VnpostDouble
from tests import people
from tests.conftest import SECRETS, environment
from tests.faults.money import accounts, momo_on_loopback
from tests.faults.world import World


@pytest.fixture
def world(stack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with ExitStack() as open_:
        carrier, (momo, address) = open_.enter_context(VnpostDouble(tmp_path)), open_.enter_context(momo_on_loopback())
        known = accounts(address, settings().PAYMENTS["vnpay"])
        changed = {"VNPOST_URL": carrier.url, "CARRIER_CA_FILE": str(carrier.ca_file)}
        changed |= {"PAYMENTS": json.dumps(known), "REFUND_TWO_PEOPLE_ABOVE": "15000"}
        open_.enter_context(environment(**changed))
        carrier.takes_duplicates = True  # a carrier that would not notice
        _keep_secrets(SECRETS | {"vnpost": carrier.keys})
        boto3.client("sesv2").create_email_identity(EmailIdentity=settings().MAIL_FROM)
        with Client(app.app, stage_name="tests") as client:
            world = World(people.Town(people.in_process(client)), carrier, momo)
            for module in (app, serving):
                monkeypatch.setattr(module, "now", lambda: world.now)
            carrier.clock = lambda: world.now
            yield world
        _keep_secrets(SECRETS)
        vnpost._connections.cache_clear()
        vnpost._tokens.clear()


def _keep_secrets(secrets: object) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId=settings().SECRETS, SecretString=json.dumps(secrets))
