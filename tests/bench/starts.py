"""How long a cold start takes before the first request is looked at: CPU of a fresh process, with compiled modules."""

import json
import os
import subprocess
import sys
from typing import NamedTuple

from ops.local.template import ROOT
from tests.roles import what_events_do

ROUNDS = 7
LOOK = "import json, sys, time; began = time.process_time()\n"
SPENT = "\nsys.stdout.write(json.dumps(time.process_time() - began))"
BARE = """
import boto3
client = boto3.client("dynamodb", region_name="ap-southeast-1")
def handler(event, context):
    return {"statusCode": 200}
"""
OURS = "import app"
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
FASTAPI = """
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


def measured() -> list[Start]:
    """Each the fastest of some rounds, taken in turn so that a busy machine is unfair to none."""
    environment = _environment()
    libraries = json.dumps(_importable(_ran(FOUND, environment), environment))
    codes = {
        "a bare boto3 handler": BARE,
        "our libraries alone": THIRD_PARTY,
        "APIHandler": OURS,
        "the same routes on FastAPI and Mangum": FASTAPI,
        **{
            f"{name}, with its work": f"{OURS}\nimport {module}"
            for name, (module, _) in sorted(what_events_do().items())
        },
    }
    rounds = [{name: _spent(code, environment, libraries) for name, code in codes.items()} for _ in range(ROUNDS)]
    return [Start(name, min(each[name] for each in rounds)) for name in codes]


def table(starts: list[Start]) -> list[str]:
    bare, libraries = starts[0].seconds, starts[1].seconds
    head = f"{'cold start':40} {'CPU':>8} {'of the bare one':>16} {'of the libraries':>17}"
    return [head, *(_row(each, bare, libraries) for each in starts)]


def _row(start: Start, bare: float, libraries: float) -> str:
    ratios = f"{start.seconds / bare:14.2f} × {start.seconds / libraries:15.2f} ×"
    return f"{start.name:40} {start.seconds * 1000:5.0f} ms {ratios}"


def _environment() -> dict[str, str]:
    """As a function has it: compiled modules are there, nothing is written."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", "app.py", "chalicelib"], cwd=ROOT, check=True)
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def _spent(code: str, environment: dict[str, str], libraries: str) -> float:
    return float(_ran(code + SPENT, environment, libraries))


def _importable(modules: list[str], environment: dict[str, str]) -> list[str]:
    """Without those that others make as they go."""
    return list(_ran(IMPORTABLE, environment, json.dumps(modules)))


def _ran(code: str, environment: dict[str, str], *given: str):  # noqa: ANN202 - whatever it prints as JSON
    ran = subprocess.run(
        [sys.executable, "-c", LOOK + code, *given],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout)
