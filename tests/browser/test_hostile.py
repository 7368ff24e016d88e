"""A dossier whose every field, file name, message and note is somebody's script: nothing runs, all of it is read.

So with files that are not what they are called: refused, or shown where they can do nothing.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import pytest

from chalicelib.clock.rules import ZONE
from tests.browser.conftest import Street
from tests.browser.people import BINH, COPY
from tests.browser.test_journeys import find
from tests.browser.window import PATIENCE, Window
from tests.documents import samples

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
# Whatever runs calls this; the console is listened to.
HIT: Final = "window.hit = (which) => console.error(`ran: ${which}`)"
# What would be there, had something been taken for markup; and all that a reader finds, folded away or typed in.
TAKEN_FOR_MARKUP: Final = """() => [...document.querySelectorAll(
  "svg, [onload], [onerror], [onclick], [onfocus], script:not([src]), style, base, a[href^='javascript' i], [srcdoc]"
)].map((e) => e.outerHTML.slice(0, 200))"""
READ: Final = """() => [document.title, document.body.textContent,
  ...[...document.querySelectorAll("input, textarea, option")].map((e) => e.value)].join("\\n")"""
SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'
PAGE: Final = b"<!doctype html><script>alert(document.cookie)</script><h1>%PDF-1.7</h1>"


class Payloads:
    """Each another; `made` of them so far."""

    def __init__(self) -> None:
        self.numbers, self.made = count(1), list[str]()

    def short(self) -> str:
        """Fits fields of 50 characters."""
        self.made.append(f"\"'><svg onload=hit({next(self.numbers)})>{{{{7*7}}}}")
        return self.made[-1]

    def long(self) -> str:
        which = next(self.numbers)
        self.made.append(
            f"{which}</textarea></title>--><script>hit({which})</script><img src=/x onerror='hit({which})'>"
            f"javascript:hit({which}) [a](javascript:hit({which})) {{% x %}}\"' autofocus onfocus=hit({which}) x="
        )
        return self.made[-1]


class Filed(NamedTuple):
    id: str
    code: str


def address(say: Payloads) -> dict[str, str]:
    return {"line": say.long(), "commune": say.short(), "province": say.short()}


def person(say: Payloads, **facts: Any) -> dict[str, Any]:
    return {**BINH, "full_name": say.long(), "address": address(say), **facts}


def begun(street: Street, say: Payloads) -> str:
    """The draft's id."""
    binh = street.person("binh")
    form = binh.get(f"/procedures/{COPY}").body["form"]["examples"][0]
    subject = {**form["subject"], "full_name": say.short()}
    words = {"registered_at": say.long()[:200], "book_number": say.short(), "book_volume": say.short()}
    delivery = {"channel": "post", "recipient": say.short(), "phone": BINH["phone"], "address": address(say)}
    owner = person(say, identity_number="056040001111")
    draft = {"procedure": COPY, "agency": "H32.10", "applicant": person(say), "owner": owner, "delivery": delivery}
    made = binh.post("/dossiers", draft | {"form": form | words | {"subject": subject}})
    assert made.status == 201, made.body
    return str(made.body["id"])


def read(window: Window, *paths: str) -> Iterator[str]:
    """Every word of these pages, in both languages; nothing of them was taken for markup."""
    for path in paths:
        for language in ("en", "vi"):
            window.page.goto(f"{window.origin}{path}{'&' if '?' in path else '?'}lang={language}")
            assert window.page.evaluate(TAKEN_FOR_MARKUP) == [], path
            yield window.page.evaluate(READ)


def armed(street: Street, who: str = "") -> Window:
    window = street.window(who)
    window.page.add_init_script(HIT)
    return window


def brought(window: Window, component: str, name: str, kind: str, data: bytes) -> str:
    """How the page says what became of it."""
    window.named(f"tep-{component}").set_input_files({"name": name, "mimeType": kind, "buffer": data})  # type: ignore[arg-type]
    last = window.page.locator("[data-files] > li").last
    last.get_by_text("Đã nhận", exact=True).or_(last.get_by_text("Không nhận được", exact=True)).first.wait_for(
        timeout=PATIENCE * 1000
    )
    return last.inner_text()


def filed(street: Street, dossier_id: str) -> Filed:
    """And paid for; the receipt's number is held to letters and digits."""
    dossier = street.person("binh").post(f"/dossiers/{dossier_id}/submission")
    assert dossier.status == 200, dossier.body
    paid = {"amount": dossier.body["payment"]["amount"], "receipt_number": dossier_id}
    assert street.person("an").post(f"/dossiers/{dossier_id}/counter-payments", paid).status == 201
    return Filed(dossier_id, dossier.body["code"])


def lived(street: Street, dossier: Filed, say: Payloads) -> None:
    """Up to a supplement that is waited for."""
    clerk, binh = street.person("an"), street.person("binh")
    messages = f"/dossiers/{dossier.id}/messages"
    for who in (clerk, binh):
        assert who.post(messages, {"text": say.long()}).status in (200, 201)
    assert clerk.decide(dossier.id, "acceptance").status == 200
    items = [{"component": "uy-quyen", "reason": say.long()}, {"field": "/registered_at", "reason": say.long()}]
    asked = street.person("chi").decide(dossier.id, "supplement-requests", {"items": items, "note": say.long()})
    assert asked.status == 200, asked.body


def deeds(window: Window, dossier_id: str) -> list[str]:
    """The pages of all that may be done with it."""
    window.page.goto(f"{window.origin}/can-bo/ho-so/{dossier_id}")
    links = window.page.locator(f'a.button[href^="/can-bo/ho-so/{dossier_id}/"]')
    return [str(each.get_attribute("href")) for each in links.all()]


def test_nothing_of_a_hostile_dossier_runs_anywhere_and_all_of_it_is_read(street: Street) -> None:
    say, seen = Payloads(), list[str]()
    citizen, clerk, approver, finance = (armed(street, who) for who in ("binh", "an", "duyen", "mai"))
    draft = begun(street, say)
    own = f"/ho-so/{draft}"
    citizen.page.goto(f"{citizen.origin}{own}/giay-to")
    name = '"><img src=x onerror=hit(0)>{{7*7}}.pdf'
    assert "Đã nhận" in brought(citizen, "uy-quyen", name, samples.PDF, samples.pdf())
    steps = (f"{own}/to-khai/{page}" for page in (1, 2, 3))
    seen += read(citizen, "/ho-so", own, *steps, f"{own}/nguoi-nop", f"{own}/chu-ho-so", f"{own}/nhan-ket-qua")
    seen += read(citizen, f"{own}/giay-to", f"{own}/xem-lai", f"/nop/{COPY}")

    dossier = filed(street, draft)
    lived(street, dossier, say)
    seen += read(citizen, "/ho-so", own, f"{own}/bo-sung", f"{own}/thanh-toan", f"{own}/rut")
    desk = ("/can-bo?hang=all", "/can-bo?hang=supplement", "/can-bo?hang=all&chon=1")
    seen += read(clerk, *desk, f"/can-bo/ho-so/{dossier.id}", *deeds(clerk, dossier.id))
    find(clerk, dossier.code)
    look_up(street, dossier)

    binh, chi, duyen = (street.person(who) for who in ("binh", "chi", "duyen"))
    answered = binh.post(f"/dossiers/{dossier.id}/supplements")
    if answered.status != 200:  # the paper that was asked for is to be a new one
        citizen.page.goto(f"{citizen.origin}{own}/bo-sung")
        assert "Đã nhận" in brought(citizen, "uy-quyen", "x'onerror=hit(0).png", samples.PNG, samples.png())
        with citizen.leaving():
            citizen.page.get_by_role("button", name="Nộp bổ sung").click()
    proposed = chi.decide(dossier.id, "result", {"outcome": "declined", "reason": say.long()})
    assert proposed.status == 200, proposed.body
    seen += read(approver, f"/can-bo/ho-so/{dossier.id}", *deeds(approver, dossier.id))
    assert duyen.decide(dossier.id, "result", {"outcome": "declined", "reason": say.long()}).status == 200
    assert street.person("an").decide(dossier.id, "return", {"channel": "desk"}).status == 200
    marks = {"attitude": 1, "timeliness": 1, "comment": say.long()}
    assert binh.post(f"/dossiers/{dossier.id}/rating", marks).status < 300
    seen += read(citizen, own)
    seen += read(clerk, f"/can-bo/ho-so/{dossier.id}")
    seen += read(finance, "/can-bo/tai-chinh", f"/can-bo/ho-so/{dossier.id}")

    missing = [each for each in say.made if not any(each in page for page in seen)]
    assert missing == [], "what somebody wrote is nowhere to be read as they wrote it"


def look_up(street: Street, dossier: Filed) -> None:
    """Without an account."""
    window = armed(street)
    window.open("/tra-cuu")
    window.fill("Mã hồ sơ", dossier.code)
    window.fill("4 số cuối", BINH["phone"][-4:])
    window.press("Xem hồ sơ")
    assert window.page.evaluate(TAKEN_FOR_MARKUP) == []


def test_what_officers_and_addresses_say_runs_nowhere_either(street: Street) -> None:
    say, seen, today = Payloads(), list[str](), datetime.now(ZONE)
    refused, stopped, late = street.paid("binh"), street.paid("binh"), street.earlier(20)
    an, duyen = street.person("an"), street.person("duyen")
    for each in (refused, stopped):
        assert an.get(f"/dossiers/{each['id']}").status == 200
    no = {"reason": say.long(), "legal_basis": say.long()}
    assert an.decide(refused["id"], "refusal", no).status == 200
    assert an.decide(stopped["id"], "acceptance").status == 200
    assert duyen.decide(stopped["id"], "stop", {"reason": say.long()}).status == 200
    street.run("FlagDeadlines")
    promised = next(day for n in (9, 10, 11) if (day := (today + timedelta(days=n)).date()).weekday() < 5)
    sorry = duyen.decide(late[0], "apology", {"reason": say.long(), "promised_date": f"{promised}"})
    assert sorry.status == 200, sorry.body
    cover = {"covering": "dung", "from": f"{today:%Y-%m-%d}", "to": f"{today:%Y-%m-%d}", "reason": say.long()}
    made = street.person("chi").post("/desk/covers", cover)
    assert made.status == 201, made.body
    begin = today - timedelta(hours=2)
    outage = {"from": begin.isoformat(), "to": (begin + timedelta(hours=1)).isoformat(), "reason": say.long()}
    declared = street.person("quan").post("/outages", outage)
    assert declared.status == 201, declared.body

    citizen, officer, admin, anyone = (armed(street, who) for who in ("binh", "duyen", "quan", ""))
    ids = (refused["id"], stopped["id"], late[0])
    seen += read(citizen, "/ho-so", *(f"/ho-so/{each}" for each in ids))
    seen += read(officer, "/can-bo/thu-xin-loi", "/can-bo/lam-thay", *(f"/can-bo/ho-so/{each}" for each in ids))
    seen += read(admin, "/can-bo/quan-tri")
    bad = quote('"><svg onload=hit(99)>', safe="")
    asked = [f"{path}={bad}" for path in ("/tim?q", "/tim?field", "/tim?agency", "/tra-cuu?ma", "/dang-nhap?tiep")]
    with anyone.answered(404, 422):
        seen += read(anyone, *asked, f"/thu-tuc/{bad}", f"/kiem-tra/{bad}", f"/docs/{bad}")
    with officer.answered(400, 403, 404, 422):
        seen += read(officer, f"/can-bo?nguoi={bad}", f"/can-bo?hang={bad}", f"/can-bo/ho-so/{bad}")

    missing = [each for each in say.made if not any(each in page for page in seen)]
    assert missing == []
    assert street.person("chi").post(f"/desk/covers/{made.body['id']}/end").status == 200


def test_files_that_are_not_what_they_are_called_or_bring_scripts_are_refused(street: Street) -> None:
    draft = street.person("binh").post("/dossiers", plain(street)).body["id"]
    citizen = armed(street, "binh")
    citizen.page.goto(f"{citizen.origin}/ho-so/{draft}/giay-to")
    for name, kind, data in (
        ("anh.png", samples.PNG, SVG),
        ("anh.jpg", samples.JPEG, PAGE),
        ("don.pdf", samples.PDF, PAGE),
        ("co-ma.pdf", samples.PDF, samples.pdf_with_scripts()),
    ):
        assert "Không nhận được" in brought(citizen, "uy-quyen", name, kind, data), name
    assert citizen.shows("Tệp PDF có mã lệnh")
    assert "Đã nhận" in brought(citizen, "uy-quyen", "that.pdf", samples.PDF, samples.pdf())
    citizen.look()
    dossier = filed(street, draft)
    officer = armed(street, "an")
    officer.open(f"/can-bo/ho-so/{dossier.id}")
    frame = officer.page.locator("iframe.preview")
    assert frame.count() == 1
    assert not str(frame.get_attribute("src")).startswith(officer.origin)
    files = officer.page.locator("#thanh-phan .files").inner_text()

    assert files.count("Không nhận được") == 4
    for other in ("anh.png", "anh.jpg", "don.pdf", "co-ma.pdf"):
        assert officer.page.get_by_role("link", name=other).count() == 0, "it is never handed out"


def plain(street: Street) -> dict[str, Any]:
    form = street.person("binh").get(f"/procedures/{COPY}").body["form"]["examples"][0]
    return {
        "procedure": COPY,
        "agency": "H32.10",
        "applicant": BINH,
        "form": form,
        "delivery": {"channel": "online"},
    }
