"""How long a cold start takes before the first request is looked at: CPU of a fresh process, with compiled modules."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from ops.local.template import ROOT
from ops.package import package
from tests.bench.first import over_a_cloud
from tests.roles import what_events_do

ROUNDS = 7
BARE, LIBRARIES, DEPLOYED = "a bare boto3 handler", "our libraries alone", "APIHandler"
ALL_ROOMS, FASTAPI = "all rooms at once", "the same routes on FastAPI and Mangum"
LOOK = "import json, sys, time; began = time.process_time()\n"
SPENT = "\nsys.stdout.write(json.dumps(time.process_time() - began))"
OF_BARE = """
import boto3
client = boto3.client("dynamodb", region_name="ap-southeast-1")
def handler(event, context):
    return {"statusCode": 200}
"""
READING = f"""{OF_BARE}
import os
client.get_item(TableName=os.environ["TABLE"], Key={{"pk": {{"S": "CATALOGUE"}}, "sk": {{"S": "REVISION"}}}})
"""
OURS = "import app"
ANSWERING = f"""{OURS}
answer = app.app(json.loads(sys.argv[1]), None)
assert answer["statusCode"] == 200, answer
"""
# Everything of others that our start brings in, and nothing of ours.
THIRD_PARTY = "import importlib\nfor name in json.loads(sys.argv[1]):\n    importlib.import_module(name)"
FOUND = """
import app
ours = ("chalicelib", "app", "__main__")
sys.stdout.write(json.dumps([name for name in sys.modules if name.split(".")[0] not in ours]))
"""
IMPORTABLE = """
import importlib.util
def is_there(name):
    try: return importlib.util.find_spec(name) is not None
    except Exception: return False
sys.stdout.write(json.dumps([name for name in json.loads(sys.argv[1]) if is_there(name)]))
"""
# The same shapes and routes, answered by FastAPI through Mangum: Chalice is not there at all.
OF_FASTAPI = """
import types
class Nothing:
    def __init__(self, *args, **options): pass
    def __getattr__(self, name): return lambda *args, **options: lambda given: given
class Response(Nothing): pass
chalice = types.ModuleType("chalice")
for name in ("Blueprint", "Chalice", "CORSConfig", "Cron", "Rate"):
    setattr(chalice, name, type(name, (Nothing,), {"MINUTES": "minutes", "HOURS": "hours", "DAYS": "days"}))
chalice.Response = Response
chalice.app = types.ModuleType("chalice.app")
chalice.app.Request = type("Request", (Nothing,), {})
sys.modules["chalice"], sys.modules["chalice.app"] = chalice, chalice.app
import app
from fastapi import FastAPI
from mangum import Mangum
from chalicelib.site.pages import PAGES
from chalicelib.web import OPERATIONS
api = FastAPI(openapi_url=None)
def answering(body):
    def answer(given=None): return None
    answer.__annotations__ = {"given": body} if body else {}
    return answer
for each in OPERATIONS:
    api.add_api_route(each.path, answering(each.body), methods=[each.method], response_model=each.answer)
for page in PAGES:
    api.add_api_route(page.path, answering(None), methods=[page.method])
handler = Mangum(api)
"""


class Start(NamedTuple):
    name: str
    seconds: float


class Code(NamedTuple):
    """A script, where `app` comes from for it, and what rounds give it by turns."""

    script: str
    folder: Path = ROOT
    given: Sequence[str] = ()


def measured() -> list[Start]:
    """Of the function for requests and of all others; then with the commonest first requests, which pay the rest."""
    with over_a_cloud(2 * ROUNDS) as events, deployed() as folder:
        codes = {**standards(folder), ALL_ROOMS: Code(OURS), FASTAPI: Code(OF_FASTAPI)}
        for name, (module, _) in sorted(what_events_do().items()):
            codes[f"{name}, with its work"] = Code(f"{OURS}\nimport {module}", folder)
        codes["a bare boto3 handler, reading an item"] = Code(READING)
        for name, asked in events.items():
            texts = [json.dumps(each) for each in asked]
            codes[f"{DEPLOYED}, and a {name}"] = Code(ANSWERING, folder, texts[:ROUNDS])
            codes[f"{ALL_ROOMS}, and a {name}"] = Code(ANSWERING, ROOT, texts[ROUNDS:])
        return fastest(codes, ROUNDS)


def standards(folder: Path) -> dict[str, Code]:
    """What a start is compared with, and the start of the function for requests as it is deployed."""
    brought = _ran(Code(FOUND, folder))
    libraries = json.dumps(_ran(Code(IMPORTABLE, folder), json.dumps(brought)))
    return {
        BARE: Code(OF_BARE),
        LIBRARIES: Code(THIRD_PARTY, folder, [libraries]),
        DEPLOYED: Code(OURS, folder),
    }


def fastest(codes: dict[str, Code], rounds: int) -> list[Start]:
    """Each the fastest of some rounds, taken in turn so that a busy machine is unfair to none."""
    taken = [{name: _spent(code, turn) for name, code in codes.items()} for turn in range(rounds)]
    return [Start(name, min(each[name] for each in taken)) for name in codes]


@contextmanager
def deployed() -> Iterator[Path]:
    """The package as Lambda unpacks it, and its sources; both compiled, as a function has them."""
    with TemporaryDirectory() as name:
        out, code = Path(name), Path(name, "code")
        package("production", out, with_requirements=False)
        shutil.unpack_archive(out / "deployment.zip", code)
        for folder, what in ((code, ["."]), (ROOT, ["app.py", "chalicelib"])):
            subprocess.run([sys.executable, "-m", "compileall", "-q", *what], cwd=folder, check=True)
        yield code


def table(starts: list[Start]) -> list[str]:
    bare, libraries = starts[0].seconds, starts[1].seconds
    head = f"{'cold start':45} {'CPU':>8} {'of the bare one':>16} {'of the libraries':>17}"
    return [head, *(_row(each, bare, libraries) for each in starts)]


def _row(start: Start, bare: float, libraries: float) -> str:
    ratios = f"{start.seconds / bare:14.2f} × {start.seconds / libraries:15.2f} ×"
    return f"{start.name:45} {start.seconds * 1000:5.0f} ms {ratios}"


def _spent(code: Code, turn: int) -> float:
    given = [code.given[turn % len(code.given)]] if code.given else []
    return float(_ran(code._replace(script=code.script + SPENT), *given))


def _ran(code: Code, *given: str) -> Any:
    """Whatever it prints last, as JSON. Nothing is written: a function cannot either."""
    ran = subprocess.run(
        [sys.executable, "-c", LOOK + code.script, *given],
        env={**os.environ, "PYTHONPATH": str(code.folder), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=code.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout.splitlines()[-1])
