"""What is done beside one dossier's straight way, once each: what is read, and what delays, corrects or ends it."""

from collections.abc import Iterator
from typing import Any

from tests.bench.life import PROCEDURE, Step, good
from tests.faults.world import World
from tests.people import Person

ASKED = {"items": [{"field": "purpose", "reason": "Ghi rõ mục đích"}]}
WAITS = {"reason": "Chờ ý kiến của cơ quan khác", "cause": "other_agency"}


def steps(world: World) -> Iterator[Step]:
    """In order, each with `times` 0: they belong to no life that is priced."""
    beside = Beside(world)
    yield from beside.reads()
    yield from beside.delays()
    yield from beside.ends()


class Beside:
    def __init__(self, world: World) -> None:
        self.world, self.id = world, world.accepted()
        self.lan, self.minh = (
            world.town.officer(role, "H32.10", name) for role, name in (("supervisor", "lan"), ("specialist", "minh"))
        )
        good(self.lan.decide(self.id, "assignment", {"officer": "minh"}))

    def reads(self) -> Iterator[Step]:
        anyone, binh, an = self.world.town.anyone, self.world.binh, self.world.an
        code = good(binh.get(f"/dossiers/{self.id}")).body["code"]
        yield _read("search of procedures", anyone, "/procedures?q=thu%20tuc")
        yield _read("a procedure", anyone, f"/procedures/{PROCEDURE.code}")
        yield _read("own dossiers", binh, "/dossiers")
        for what in ("history", "deadline", "documents", "payments", "papers"):
            yield _read(f"{what} of a dossier", binh, f"/dossiers/{self.id}/{what}")
        proof = {"code": code, "proof": "3456"}
        yield Step("deadline look-up", None, lambda: good(anyone.post("/deadline-lookups", proof)), 0)
        yield Step("search of the desk", None, lambda: good(an.post("/desk/searches", {"text": "binh"})), 0)

    def delays(self) -> Iterator[Step]:
        binh, form = self.world.binh, {"form": {"purpose": "Bổ túc hồ sơ xin việc"}}
        yield self._decided("message", 3, binh, "messages", {"text": "Khi nào có kết quả?"})
        yield self._decided("suspension", 3, self.minh, "suspension", WAITS)
        yield self._decided("resumption", 3, self.minh, "resumption", {})
        yield self._decided("supplement asked for", 3, self.minh, "supplement-requests", ASKED)
        etag = good(binh.get(f"/dossiers/{self.id}")).etag
        yield Step("correction", 2, lambda: good(binh.patch(f"/dossiers/{self.id}", form, seen=etag)), 0)
        yield self._decided("supplement answered", 4, binh, "supplements", {})

    def ends(self) -> Iterator[Step]:
        yield self._decided("withdrawal", 3, self.world.binh, "withdrawal", {"reason": "Không cần nữa"})

    def _decided(self, name: str, most: int, who: Person, what: str, body: dict[str, Any]) -> Step:
        etag = good(who.get(f"/dossiers/{self.id}")).etag
        return Step(name, most, lambda: good(who.post(f"/dossiers/{self.id}/{what}", body, seen=etag)), 0)


def _read(name: str, who: Person, path: str) -> Step:
    return Step(name, None, lambda: good(who.get(path)), 0)
