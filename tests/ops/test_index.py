"""A package answers every address as the sources do, though it imports a room only when one of its is asked for."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib.clock.now import now
from ops.ahead import INDEX, PAGES
from ops.local.template import ROOT
from ops.package import package
from tests.conftest import SECRETS
from tests.dossiers.conftest import AT_DESK, FREE, PAID, file
from tests.gateway import event_of
from tests.people import Person
from tests.roles import what_events_do
from tests.site.conftest import FORM, OWN, Browser, Pages, browsed
from tests.towns import a_clean_file
from tests.web.test_openapi_fuzz import SENSIBLE

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
LOOK_UP = "/status-lookups"


class Asked(NamedTuple):
    who: str
    method: str
    address: str


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, unpacked as Lambda does."""
    out = tmp_path_factory.mktemp("package")
    package("production", out, with_requirements=False)
    shutil.unpack_archive(out / "deployment.zip", out / "code")
    shutil.rmtree(out / "code" / "chalice")  # this machine's has what tests need besides
    return out / "code"


@pytest.fixture(scope="module")
def owners(code: Path) -> dict[str, list[str]]:
    owners: dict[str, list[str]] = json.loads((code / INDEX).read_text(encoding="utf-8"))
    return owners


# ——— one world, whose table and bucket both are given ———


class World(NamedTuple):
    headers: dict[str, dict[str, str]]  # by who asks
    real: dict[str, str]  # for the parts of addresses that vary
    bodies: dict[str, Any]
    given: dict[str, Any]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with browsed(tmp_path_factory.mktemp("provider")) as pages:
        real, code = _happened(pages)
        headers = {"nobody": {}} | {
            who: _signed_in(pages.browser(who), person)
            for who, person in (
                ("binh", pages.citizen()),
                ("an", pages.officer("clerk", "H32.10", "an")),
                ("mai", pages.officer("finance", "H32.10", "mai")),
                ("duyen", pages.officer("approver", "H32.10", "duyen")),
                ("quan", pages.officer("admin", "H32", "quan")),
            )
        }
        bodies = {LOOK_UP: {"code": code, "proof": "3456"}, "/deadline-lookups": {"code": code, "proof": "3456"}}
        yield World(headers, real, bodies, _kept())


def _happened(pages: Pages) -> tuple[dict[str, str], str]:
    """A dossier in work with a paper and a message, one to pay, one paid at the desk."""
    binh, an = pages.citizen(), pages.officer("clerk", "H32.10")
    at_work, unpaid = file(binh), file(binh, PAID.code)
    at_desk = file(binh, AT_DESK.code, delivery={"channel": "desk"})
    an.decide(at_work["id"], "acceptance")
    an.post(f"/dossiers/{at_work['id']}/messages", {"text": "Xin chào"})
    document = a_clean_file(at_work["id"], "giay-to")
    paper = an.get(f"/dossiers/{at_work['id']}/papers").body["items"][0]["paper_id"]
    paid = an.post(f"/dossiers/{at_desk['id']}/counter-payments", {"amount": 8000, "receipt_number": "BL-1"})
    started = binh.post(f"/dossiers/{unpaid['id']}/payments", SENSIBLE["start_payment"])
    assert (paid.status, started.status) == (201, 201), (paid, started)
    real = {"dossier_id": at_work["id"], "code": FREE.code, "document_id": document, "paper_id": paper}
    real |= {"payment_id": paid.body["payment_id"], "kind": "le_phi", "number": "1", "provider": "vnpay"}
    return real | {"operation": "health", "deed": "tiep-nhan", "carrier": "vnpost"}, at_work["code"]


def _signed_in(browser: Browser, person: Person) -> dict[str, str]:
    """Both of what programs and of what browsers bring: a token, a session and the token of its forms."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get("/").text)
    assert csrf
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return {"authorization": f"Bearer {person.bearer}", "cookie": cookies, "x-csrf-token": csrf[1]}


def _kept() -> dict[str, Any]:
    bucket, mocked = boto3.client("s3"), dynamodb_backends[DEFAULT_ACCOUNT_ID][os.environ["AWS_DEFAULT_REGION"]]
    items = [item.to_json()["Attributes"] for item in mocked.tables[os.environ["TABLE"]].all_items()]
    keys = [each["Key"] for each in bucket.list_objects_v2(Bucket=os.environ["BUCKET"]).get("Contents", [])]
    bodies = {key: bucket.get_object(Bucket=os.environ["BUCKET"], Key=key)["Body"].read() for key in keys}
    objects = {key: base64.b64encode(content).decode() for key, content in bodies.items()}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    given = {"items": items, "objects": objects, "secrets": SECRETS, "at": now().isoformat()}
    return {"given": given, "environment": environment}


def as_event(world: World, asked: Asked, operations: dict[tuple[str, str], str]) -> dict[str, Any]:
    parts = {name: world.real.get(name, "none-such") for name in re.findall(r"{(\w+)}", asked.address)}
    name = operations.get((asked.method, asked.address))
    body = world.bodies.get(asked.address, SENSIBLE.get(name)) if name else None
    headers = world.headers[asked.who] | {"idempotency-key": "k", "if-match": '"1"'}
    if not name:
        headers |= {"origin": OWN} | ({"content-type": FORM} if asked.method == "POST" else {})
    return event_of(asked.method, asked.address, parts, headers, json.dumps(body) if body is not None else "")


def said(answer: dict[str, Any]) -> str:
    """Without when a link to the bucket was signed: that clock is the library's."""
    body = answer["body"]
    whole = answer | {"body": json.loads(body) if body.startswith("{") else body}  # in whatever order
    return re.sub(r"X-Amz-(Date|Signature)=\w+", "", json.dumps(whole, sort_keys=True))


def questions(address: str, world: World) -> Iterator[Asked]:
    """By everybody with each method there is, and by two of them with those there are not."""
    import app

    there = app.app.routes[address]
    for who in world.headers:
        yield from (Asked(who, method, address) for method in METHODS if method in there or who in ("nobody", "an"))


def told_by(folder: Path, world: World, groups: list[list[dict[str, Any]]]) -> dict[str, Any]:
    environment = world.given["environment"] | {"PYTHONPATH": f"{folder}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.ops.cold"],
        input=json.dumps(world.given["given"] | {"groups": groups}),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    assert Path(told["app"]).parent == folder
    return told


@pytest.mark.slow
def test_every_address_is_answered_alike_whoever_asks_and_by_whatever_method(code, owners, world):
    """Each room by a process that imported no other yet; and all of them by one, which imports one after the other."""
    from chalicelib.web import OPERATIONS

    operations = {(each.method, each.path): each.name for each in OPERATIONS}
    addresses = sorted(owners, key=lambda address: owners[address])
    rooms = [list(some) for _, some in groupby(addresses, key=lambda address: owners[address])]
    asked = [[each for address in some for each in questions(address, world)] for some in rooms]
    asked.append([each for some in asked for each in some if each.method == "GET"])  # one room after the other
    groups = [[as_event(world, each, operations) for each in some] for some in asked]
    lazy, whole = (told_by(folder, world, groups) for folder in (code, ROOT))

    assert not set(lazy["before"]) & {module for some in owners.values() for module in some}
    different = [
        (question, one, other)
        for some, mine, theirs in zip(asked, lazy["told"], whole["told"], strict=True)
        for question, one, other in zip(some, mine["answers"], theirs["answers"], strict=True)
        if said(one) != said(other)
    ]
    assert different == []
    statuses = {one["statusCode"] for mine in lazy["told"] for one in mine["answers"]}
    assert {200, 201, 303, 400, 401, 403, 404, 405, 409, 412, 422} <= statuses < set(range(500))


@pytest.mark.slow
def test_the_first_look_up_imports_neither_pages_nor_what_they_stand_on(code, world):
    told = told_by(code, world, [[as_event(world, Asked("nobody", "POST", LOOK_UP), {("POST", LOOK_UP): "look_up"})]])
    ((found,), loaded) = told["told"][0]["answers"], told["told"][0]["loaded"]

    assert found["statusCode"] == 200, found
    assert {name for name in loaded if re.search(r"(routes|_pages|\.reading)$", name)} == {
        "chalicelib.web.routes",
        "chalicelib.dossiers.routes",
    }
    assert not {name.split(".")[1] for name in loaded if "." in name} & {"site", "postal", "payments", "notices"}


def test_no_function_of_a_queue_the_stream_or_a_schedule_imports_routes(code, owners):
    """Neither at its start nor with what it does."""
    does = sorted({module for module, _ in what_events_do().values()})
    script = f"import app, importlib, sys\nfor each in {does}: importlib.import_module(each)\nprint(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run([sys.executable, "-c", script], cwd=code, env=environment, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr[-2000:]
    assert not set(ran.stdout.split()) & {module for some in owners.values() for module in some}


def test_every_template_of_the_pages_is_compiled_and_to_the_same_for_both_languages(code, tmp_path):
    from chalicelib.site.rendering import COMPILED, TEMPLATES, environment

    environment("en").compile_templates(str(tmp_path), zip=None, ignore_errors=False)
    compiled = {each.name: each.read_text(encoding="utf-8") for each in (code / PAGES).iterdir()}

    assert COMPILED == PAGES
    assert find_spec(COMPILED) is None
    assert len(compiled) == len(list(TEMPLATES.iterdir()))
    assert compiled == {each.name: each.read_text(encoding="utf-8") for each in tmp_path.iterdir()}


def test_without_an_index_everything_is_there_from_the_start(owners):
    import app

    assert not (ROOT / INDEX).exists()
    assert set(app.app.routes) == set(owners)
    assert {module for some in owners.values() for module in some} == set(app.app.modules)
