"""The main job as people and their counterparts do it, over HTTP: from the first search to the result in the post."""

import hashlib
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

import urllib3

from ops.local.template import ROOT
from ops.rehearse.people import Person, Reply

FILES: Final = ROOT / "examples" / "files"
PROCEDURE: Final = "1.005136"
AGENCY: Final = "H32.10"
PAPERS: Final = {"giay-to-quoc-tich": ("giay-to.pdf", "application/pdf"), "anh-4x6": ("anh-4x6.png", "image/png")}
HOME: Final = {"line": "12 Lê Lợi", "commune": "Phường Nha Trang", "province": "Khánh Hòa"}
BINH: Final = {
    "kind": "person",
    "full_name": "Trần Thị Bình",
    "identity_number": "056190001234",
    "phone": "0905123456",
    "email": "binh@example.vn",
    "address": HOME,
}
BY_POST: Final = {"channel": "post", "recipient": "Trần Thị Bình", "phone": "0905123456", "address": HOME}


class Unexpected(Exception):
    """The service answered something else; the message says what was asked, expected and answered."""


class Province(Protocol):
    """Where the job is done. `back`: where a payer is sent after paying."""

    back: str

    def person(self, role: str, sub: str, agency: str = "") -> Person:
        """Somebody with a token of this province."""

    def pay(self, pay_url: str) -> None:
        """The citizen presses the button on the provider's page; the provider notifies the service."""

    def run(self, schedule: str) -> None:
        """What the schedule would do by itself within minutes."""


def expect(what: str, found: Any, wanted: Any) -> None:
    if found != wanted:
        raise Unexpected(f"{what}: {str(found)[:400]}, not {wanted}")


def until(what: str, asked: Callable[[], Any], wanted: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while (found := asked()) != wanted:
        if time.monotonic() > deadline:
            expect(f"{what}, after {seconds:.0f} s", found, wanted)
        time.sleep(0.3)


def answered(reply: Reply, status: int = 200) -> Any:
    """The body of an answer that must have this status."""
    if reply.status != status:
        raise Unexpected(f"the answer has status {reply.status}, not {status}: {str(reply.body)[:400]}")
    return reply.body


def upload(person: Person, dossier_id: str, component: str) -> Reply:
    name, kind = PAPERS[component]
    content = (FILES / name).read_bytes()
    asked = {
        "component": component,
        "file_name": name,
        "content_type": kind,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    form = person.post(f"/dossiers/{dossier_id}/documents", asked)
    answered(form, 201)
    fields = {**form.body["upload"]["fields"], "file": (name, content, kind)}
    stored = urllib3.PoolManager().request("POST", form.body["upload"]["url"], fields=fields)
    expect(f"the store's answer to {name} {stored.data[:300]!r}", stored.status, 201)
    return form


def filed(province: Province) -> dict[str, Any]:
    """Found, drafted, its papers uploaded and found clean, submitted; the fee is still due."""
    binh = province.person("citizen", "binh")
    found = answered(binh.get("/procedures?q=xac%20nhan%20co%20quoc%20tihc%20viet%20nam"))["items"]
    expect("the first procedure found", found[0]["code"], PROCEDURE)
    procedure = answered(binh.get(f"/procedures/{PROCEDURE}"))

    draft = binh.post("/dossiers", {"procedure": PROCEDURE, "applicant": BINH, "form": {}, "delivery": BY_POST})
    place = f"/dossiers/{answered(draft, 201)['id']}"
    answered(binh.patch(place, {"form": procedure["form"]["examples"][0]}, seen=draft.etag))

    answered(binh.post(f"{place}/submission"), 422)  # the papers are missing
    for component in PAPERS:
        upload(binh, draft.body["id"], component)
    states = lambda: {each["state"] for each in answered(binh.get(f"{place}/documents"))["items"]}  # noqa: E731
    until("the papers", states, {"clean"})

    dossier: dict[str, Any] = answered(binh.post(f"{place}/submission"))
    stands = (dossier["status"], dossier["payment"]["status"], dossier["acceptance_due_at"])
    expect("the dossier once filed", stands, ("submitted", "due", None))
    return dossier


def paid(province: Province, dossier_id: str) -> None:
    """It is accepted only when the provider's signed notification has come."""
    binh, an = province.person("citizen", "binh"), province.person("clerk", "an", AGENCY)
    place = f"/dossiers/{dossier_id}"
    expect("accepting without the fee", an.decide(dossier_id, "acceptance").body["code"], "fee_not_paid")
    payment = answered(binh.post(f"{place}/payments", {"provider": "vnpay", "return_url": province.back}), 201)
    fee = answered(binh.get(f"/procedures/{PROCEDURE}"))["fee_total"]
    expect("what is asked for", payment["amount"], fee)
    province.pay(payment["pay_url"])
    until("the payment", lambda: binh.get(place).body["payment"]["status"], "paid")
    if not binh.get(place).body["acceptance_due_at"]:
        raise Unexpected("nobody is told by when the dossier is accepted")


def decided(province: Province, dossier_id: str) -> None:
    """Accepted, assigned, asked for more, answered, granted."""
    binh, an = province.person("citizen", "binh"), province.person("clerk", "an", AGENCY)
    minh, hoa = province.person("specialist", "minh", AGENCY), province.person("approver", "hoa", AGENCY)
    place = f"/dossiers/{dossier_id}"
    accepted = answered(an.decide(dossier_id, "acceptance"))
    expect("the date promised", accepted["due_at"], accepted["first_due_at"])
    expect("assigned", minh.decide(dossier_id, "assignment", {"officer": "minh"}).body["status"], "processing")
    request = {"items": [{"field": "purpose", "reason": "Ghi rõ mục đích sử dụng"}]}
    asked = minh.decide(dossier_id, "supplement-requests", request)
    expect("whose turn it is", answered(asked)["turn"]["who"], "citizen")
    answered(binh.patch(place, {"form": {"purpose": "Làm thủ tục thừa kế nhà ở"}}, seen=asked.etag))
    expect("the supplement answered", binh.post(f"{place}/supplements").body["status"], "processing")
    granted = hoa.decide(dossier_id, "result", {"outcome": "granted", "documents": []})
    expect("decided", granted.body["status"], "finished")


def returned(province: Province, dossier_id: str) -> dict[str, Any]:
    """Handed to the post, delivered, rated."""
    binh, an = province.person("citizen", "binh"), province.person("clerk", "an", AGENCY)
    place = f"/dossiers/{dossier_id}"
    expect("who has it", an.decide(dossier_id, "return", {"channel": "post"}).body["turn"]["who"], "post")

    def status() -> str:
        province.run("PullTracking")
        return str(binh.get(place).body["status"])

    until("the parcel", status, "returned")
    answered(binh.post(f"{place}/rating", {"attitude": 5, "timeliness": 5}))
    return dict(answered(binh.get(place)))


def journey(province: Province) -> dict[str, Any]:
    """All of it; answers the dossier as it is at the end."""
    dossier_id = filed(province)["id"]
    paid(province, dossier_id)
    decided(province, dossier_id)
    return returned(province, dossier_id)
