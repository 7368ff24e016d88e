"""Results written from a template: what they say, how they are kept, who may write them, and what they refuse."""

import hashlib
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from pypdf import PdfReader

from chalicelib.catalogue import actions as catalogue
from chalicelib.catalogue.result_templates import ResultTemplate
from chalicelib.clock.now import now
from chalicelib.documents import actions as documents
from chalicelib.documents import files
from chalicelib.documents import records as document_records
from chalicelib.documents.rules import MOST, State
from chalicelib.dossiers.writing import actions as writing
from chalicelib.settings import settings
from tests.dossiers.conftest import FREE, a_procedure, an_applicant, file
from tests.papers.conftest import bytes_of
from tests.people import Person, Reply, Town
from tests.towns import a_clean_file, opened

HERE = "H32.10"
OWN = a_procedure(
    "1.000077",
    name="Cấp bản sao",
    result_template=ResultTemplate.model_validate(
        {
            "title": "Quyết định",
            "abbreviation": "QĐ",
            "subject": "Về việc cấp {{ form.copies }} bản sao",
            "body": "Xét đơn của {{ applicant }} ({{ applicant.identity }}) ngày {{ submitted_on }};\n"
            "# QUYẾT ĐỊNH:\nĐiều 1. {{ decision }}\nMục đích: {{ form.purpose }}\nGhi chú: {{ note }}",
            "blanks": [
                {"name": "decision", "label": "Nội dung", "label_en": "Decision", "suggestion": "Cấp cho {{ owner }}."},
                {"name": "note", "label": "Ghi chú", "required": False, "longest": 50},
            ],
        }
    ),
)
NOTICE = {"template": "general", "texts": {"content": "Đồng ý cấp 02 bản sao.", "grounds": "Điều 64 Luật Hộ tịch"}}
WRITE = "result-papers"


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with opened() as town:
        catalogue.publish(OWN, OWN.valid_from)
        yield town


@pytest.fixture
def chi(town: Town) -> Person:
    return town.officer("specialist", HERE)


@pytest.fixture
def duyen(town: Town) -> Person:
    return town.officer("approver", HERE)


def accepted(town: Town, procedure: str = FREE.code, **changes: Any) -> str:
    dossier_id: str = file(town.citizen(), procedure, **changes)["id"]
    assert town.officer("clerk", HERE).decide(dossier_id, "acceptance").status == 200
    return dossier_id


def written(person: Person, dossier_id: str, body: Any = NOTICE) -> dict[str, Any]:
    """The document it became, as its officers see it."""
    reply = person.decide(dossier_id, WRITE, body)
    assert reply.status == 200, reply
    return results(person, dossier_id)[-1]


def results(person: Person, dossier_id: str) -> list[dict[str, Any]]:
    listed = person.get(f"/dossiers/{dossier_id}/documents").body["items"]
    return [each for each in listed if each["component"] == "result"]


def checked(dossier_id: str, document_id: str) -> None:
    """The store told of what arrived in quarantine."""
    documents.arrived(f"quarantine/{dossier_id}/{document_id}", now())


def last(person: Person, dossier_id: str) -> dict[str, Any]:
    event: dict[str, Any] = person.get(f"/dossiers/{dossier_id}/history").body["items"][-1]
    return event


def pdf(person: Person, dossier_id: str, document_id: str) -> bytes:
    return bytes_of(person.get(f"/dossiers/{dossier_id}/documents/{document_id}/content").body["url"])


def text(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def in_store(prefix: str) -> set[str]:
    listed = boto3.client("s3").list_objects_v2(Bucket=settings().BUCKET, Prefix=prefix).get("Contents", [])
    return {each["Key"] for each in listed}


# ——— what is offered ———


def test_a_procedures_own_template_is_offered_with_the_dossiers_facts_in_it(town: Town, chi: Person) -> None:
    dossier_id = accepted(town, OWN.code, form={"purpose": "Xin việc", "copies": 2})

    offered = chi.get(f"/dossiers/{dossier_id}/result-template").body

    assert (offered["template"], offered["has_own"]) == ("own", True)
    assert (offered["title"], offered["subject"]) == ("Quyết định", "Về việc cấp 2 bản sao")
    day = now().strftime("%d/%m/%Y")
    assert [(each["style"], each["text"]) for each in offered["paragraphs"]] == [
        ("plain", f"Xét đơn của Trần Thị Bình (056190001234) ngày {day};"),
        ("heading", "QUYẾT ĐỊNH:"),
        ("plain", "Điều 1. [Nội dung]"),
        ("plain", "Mục đích: Xin việc"),
        ("plain", "Ghi chú: [Ghi chú]"),
    ]
    assert [(each["name"], each["required"], each["longest"], each["text"]) for each in offered["blanks"]] == [
        ("decision", True, 2000, "Cấp cho Trần Thị Bình."),
        ("note", False, 50, ""),
    ]


def test_its_labels_are_told_in_english_where_they_have_any(town: Town, chi: Person) -> None:
    dossier_id = accepted(town, OWN.code)

    blanks = chi.get(f"/dossiers/{dossier_id}/result-template", headers={"Accept-Language": "en"}).body["blanks"]

    assert [each["label"] for each in blanks] == ["Decision", "Ghi chú"]


def test_the_general_notice_does_for_every_procedure(town: Town, chi: Person) -> None:
    for procedure, asked in ((FREE.code, ""), (FREE.code, "?template=general"), (OWN.code, "?template=general")):
        offered = chi.get(f"/dossiers/{accepted(town, procedure)}/result-template{asked}").body
        assert (offered["template"], offered["title"]) == ("general", "Thông báo")
        assert offered["has_own"] == (procedure == OWN.code)


@pytest.mark.parametrize("way", ["result-template?template=own", "result-drafts", WRITE])
def test_a_procedure_without_a_template_of_its_own_says_so(town: Town, chi: Person, way: str) -> None:
    dossier_id = accepted(town)
    said = {**NOTICE, "template": "own"}
    reply = chi.get(f"/dossiers/{dossier_id}/{way}") if "?" in way else chi.decide(dossier_id, way, said)

    assert (reply.status, reply.body["code"]) == (409, "no_result_template")


# ——— what it becomes ———


def test_it_becomes_a_document_of_the_result_that_is_checked_decided_and_handed_out(
    town: Town, chi: Person, duyen: Person
) -> None:
    dossier_id, binh = accepted(town, OWN.code, form={"purpose": "Xin việc", "copies": 2}), town.citizen()
    document = written(chi, dossier_id, {"texts": {"decision": "Cấp 02 bản sao.\nTrả ngay."}})
    assert (document["state"], document["by"]) == ("checking", "officer")
    year = now().year
    assert re.fullmatch(rf"Quyết định \d+-{year}-QĐ-H32\.10\.pdf", document["file_name"])
    checked(dossier_id, document["document_id"])
    (document,) = results(chi, dossier_id)
    assert (document["state"], document["content_type"], document["signatures"]) == ("clean", "application/pdf", [])
    assert results(binh, dossier_id) == [], "not before it was decided"
    duyen.decide(dossier_id, "result", {"outcome": "granted", "documents": [document["document_id"]]})

    data = pdf(binh, dossier_id, document["document_id"])

    assert hashlib.sha256(data).hexdigest() == document["sha256"]
    shown = text(data)
    for words in (
        "QUYẾT ĐỊNH Về việc cấp 2 bản sao",
        "Xét đơn của Trần Thị Bình (056190001234)",
        "Điều 1. Cấp 02 bản sao. Trả ngay. Mục đích: Xin việc",
        "SỞ TƯ PHÁP",
        "UBND TỈNH KHÁNH HÒA",
        "THỦ TRƯỞNG ĐƠN VỊ",
    ):
        assert words in shown
    assert "Ghi chú" not in shown, "what nobody added is left out"
    head = files.client().head_object(
        Bucket=settings().BUCKET, Key=document_records.find(dossier_id, document["document_id"]).kept_key
    )
    assert head["ObjectLockRetainUntilDate"] > now() + timedelta(days=3650)


def test_the_history_says_which_file_it_is_to_the_byte(town: Town, chi: Person) -> None:
    dossier_id = accepted(town)
    document = written(chi, dossier_id)

    event = last(chi, dossier_id)

    assert (event["type"], event["actor"]["id"]) == ("result_written", "specialist-H32.10")
    told = event["data"]
    assert (told["document"], told["sha256"], told["size"]) == tuple(
        document[name] for name in ("document_id", "sha256", "size")
    )
    assert (told["title"], told["template"], told["paper"]) == (
        "Thông báo", "general", f"{dossier_id}-{event['seq']}-result"
    )  # fmt: skip
    assert chi.get(f"/dossiers/{dossier_id}").body["status"] == "accepted", "the dossier stays where it is"
    assert chi.get(f"/dossiers/{dossier_id}/history").body["intact"] is True


def test_numbers_are_of_the_agency_the_kind_and_the_year_and_have_no_gaps(town: Town, chi: Person) -> None:
    numbers: dict[str, list[int]] = {"TB": [], "QĐ": []}
    for kind, procedure, body in (
        ("TB", FREE.code, NOTICE),
        ("QĐ", OWN.code, {"texts": {"decision": "Cấp."}}),
        ("TB", FREE.code, NOTICE),
        ("TB", FREE.code, {"template": "general", "texts": {}}),
        ("QĐ", OWN.code, {"texts": {"decision": "Cấp."}}),
        ("TB", FREE.code, NOTICE),
    ):
        dossier_id = accepted(town, procedure)
        if chi.decide(dossier_id, WRITE, body).status == 200:
            number = last(chi, dossier_id)["data"]["number"]
            assert number.endswith(f"/{now().year}/{kind}-{HERE}")
            numbers[kind].append(int(number.split("/")[0]))

    for drawn, often in ((numbers["TB"], 3), (numbers["QĐ"], 2)):
        assert drawn == list(range(drawn[0], drawn[0] + often)), "a refusal draws none"


def test_it_says_what_the_dossier_said_when_it_was_written(town: Town, chi: Person) -> None:
    """An agency renamed, a template changed: what was made stays as it is."""
    dossier_id = accepted(town)
    document = written(chi, dossier_id)
    checked(dossier_id, document["document_id"])
    before = pdf(chi, dossier_id, document["document_id"])
    catalogue.publish(FREE.model_copy(update={"name": "Tên khác"}), now().date())

    assert pdf(chi, dossier_id, document["document_id"]) == before
    assert written(chi, dossier_id)["document_id"] != document["document_id"], "another is another"
    catalogue.publish(FREE, now().date())


def test_an_approvers_paper_bears_their_name_and_a_specialists_nobodys(town: Town) -> None:
    from tests.people import token

    for role, name, signs in (("approver", "Lê Thị Duyên", True), ("specialist", "Phạm Chi", False)):
        person = Person(town.send, token(f"{role}-n", roles=[role], agency=HERE, name=name))
        dossier_id = accepted(town)
        document = written(person, dossier_id)
        checked(dossier_id, document["document_id"])
        assert (name in text(pdf(person, dossier_id, document["document_id"]))) == signs


# ——— a draft ———


def test_a_draft_shows_the_paper_without_number_and_code_and_changes_nothing(town: Town, chi: Person) -> None:
    dossier_id = accepted(town)
    version = chi.get(f"/dossiers/{dossier_id}").body["version"]

    reply = chi.post(f"/dossiers/{dossier_id}/result-drafts", NOTICE)

    shown = text(bytes_of(reply.body["url"]))
    assert "DỰ THẢO – CHƯA KÝ, CHƯA CÓ GIÁ TRỊ" in shown
    assert "Đồng ý cấp 02 bản sao." in shown
    assert "Số: …" in shown
    assert "mã QR" not in shown
    assert chi.get(f"/dossiers/{dossier_id}").body["version"] == version
    assert results(chi, dossier_id) == []
    again = chi.post(f"/dossiers/{dossier_id}/result-drafts", NOTICE).body["url"]
    assert again.split("?")[0] == reply.body["url"].split("?")[0]


# ——— what is refused ———


NOTHING = {"/texts/content": "required", "/texts/grounds": "required"}
UNPRINTABLE = {"/texts/content": "unprintable", "/texts/grounds": "unprintable"}
LONG = {"/texts/grounds": "too_long", "/texts/next": "too_long"}


@pytest.mark.parametrize("way", ["result-drafts", WRITE])
@pytest.mark.parametrize(
    ("texts", "faults"),
    [
        ({}, NOTHING),
        ({"content": " \n\t ", "grounds": "\u200b\u202e\x07"}, NOTHING),
        ({"content": "x" * 4001, "grounds": "Điều 5"}, {"/texts/content": "too_long"}),
        ({"content": "x", "grounds": "x" * 1501, "next": "x" * 1001}, LONG),
        ({"content": "x", "grounds": "x", "number": "1"}, {"/texts/number": "unknown_text"}),
        ({"content": "CO₂ ✓", "grounds": "李 😀 và “Điều 5” – 20 m² ≥ 3°"}, UNPRINTABLE),
    ],
)  # fmt: skip
def test_what_is_missing_too_long_or_asked_by_nobody_is_told_all_at_once(
    town: Town, chi: Person, way: str, texts: dict[str, str], faults: dict[str, str]
) -> None:
    dossier_id = accepted(town)

    reply = chi.decide(dossier_id, way, {"template": "general", "texts": texts})

    assert reply.status == 422
    assert {each["pointer"]: each["code"] for each in reply.body["errors"]} == faults
    assert results(chi, dossier_id) == []
    assert in_store(f"quarantine/{dossier_id}") == set()


def test_a_fault_names_its_blank_in_the_readers_language(town: Town, chi: Person) -> None:
    dossier_id = accepted(town)

    replies = [
        chi.post(f"/dossiers/{dossier_id}/result-drafts", {"texts": {}}, headers={"Accept-Language": language})
        for language in ("vi", "en")
    ]

    told = [{each["detail"] for each in reply.body["errors"]} for reply in replies]

    assert told == [
        {"Hãy nhập mục “Nội dung kết quả”.", "Hãy nhập mục “Căn cứ”."},
        {"Fill in “What the result is”.", "Fill in “Legal basis”."},
    ]


def test_what_cannot_be_printed_is_named(town: Town, chi: Person) -> None:
    reply = chi.post(
        f"/dossiers/{accepted(town)}/result-drafts",
        {"template": "general", "texts": {"content": "20 m² ≥ 3° – “CO₂” ✓✓", "grounds": "Điều\u20095,\tkhoản\u00a02"}},
    )

    (fault,) = reply.body["errors"]
    assert fault["detail"].endswith("không in được lên giấy: ₂ ✓. Hãy viết cách khác."), "and no kind of space is"


def test_a_paper_longer_than_anybody_reads_is_refused(town: Town, chi: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.dossiers.writing.rules.LONGEST", 200)
    dossier_id = accepted(town)

    reply = chi.decide(dossier_id, WRITE, NOTICE)

    assert (reply.status, reply.body["code"]) == (422, "result_too_long")


STAGES = ("submitted", "supplement_requested", "suspended", "finished", "withdrawn")


@pytest.mark.parametrize("stage", STAGES)
def test_only_what_is_being_worked_on_has_its_result_written(
    town: Town, chi: Person, duyen: Person, stage: str
) -> None:
    dossier_id = file(town.citizen())["id"] if stage == "submitted" else accepted(town)
    if stage == "supplement_requested":
        chi.decide(dossier_id, "supplement-requests", {"items": [{"field": "purpose", "reason": "Ghi rõ mục đích"}]})
    if stage == "suspended":
        chi.decide(dossier_id, "suspension", {"cause": "other_agency", "reason": "Chờ"})
    if stage == "finished":
        duyen.decide(dossier_id, "result", {"outcome": "granted"})
    if stage == "withdrawn":
        town.citizen().post(f"/dossiers/{dossier_id}/withdrawal", {"reason": "Nhầm"})
    assert chi.get(f"/dossiers/{dossier_id}").body["status"] in (stage, "processing")

    for reply in (
        chi.get(f"/dossiers/{dossier_id}/result-template"),
        chi.post(f"/dossiers/{dossier_id}/result-drafts", NOTICE),
        chi.decide(dossier_id, WRITE, NOTICE),
    ):
        assert (reply.status, reply.body["code"]) == (409, "not_in_this_status")


@pytest.mark.parametrize(
    "hostile",
    [
        "<b>đậm</b> & <font size=90>to</font></para>",
        "{{ code }} {% raw %} {{ applicant.identity }}",
        "<img src='file:///etc/passwd'/> <a href='javascript:x'>bấm</a>",
        "# QUYẾT ĐỊNH KHÁC",
        "]]> %PDF-1.4 endobj (\\)",
    ],
)
def test_hostile_text_is_text_and_fills_in_nothing(town: Town, chi: Person, hostile: str) -> None:
    applicant = an_applicant(full_name=f"{hostile}"[:150])
    dossier_id = accepted(town, applicant=applicant)
    document = written(chi, dossier_id, {"template": "general", "texts": {"content": hostile, "grounds": hostile}})
    checked(dossier_id, document["document_id"])

    shown = text(pdf(chi, dossier_id, document["document_id"])).replace(" ", "")

    assert shown.count(hostile.replace(" ", "")) >= 3


def test_characters_none_can_see_are_not_printed(town: Town, chi: Person) -> None:
    dossier_id = accepted(town)
    said = {"content": "Cấp\x07 \u202eđảo\u202c\u2066 ngược\u200b\r\nDòng hai", "grounds": "Điều\x1b 5"}
    document = written(chi, dossier_id, {"template": "general", "texts": said})
    checked(dossier_id, document["document_id"])
    shown = text(pdf(chi, dossier_id, document["document_id"]))

    assert "Cấp đảo ngược Dòng hai" in shown
    assert not set(shown) & set("\x07\x1b\u202e\u202c\u2066\u200b")


# ——— once, and against others ———


def post(person: Person, dossier_id: str, key: str, seen: str | None) -> Reply:
    return person.post(f"/dossiers/{dossier_id}/{WRITE}", NOTICE, key=key, seen=seen)


def test_sent_twice_it_is_one_document(town: Town, chi: Person) -> None:
    dossier_id = accepted(town)
    seen = chi.get(f"/dossiers/{dossier_id}").etag

    replies = [post(chi, dossier_id, f"twice-{dossier_id}", seen) for _ in range(2)]

    assert [each.status for each in replies] == [200, 200]
    assert replies[0].body == replies[1].body
    assert replies[1].headers["idempotency-replayed"] == "true"
    assert len(results(chi, dossier_id)) == 1


def test_two_officers_at_once_and_the_second_is_told(town: Town, chi: Person, duyen: Person) -> None:
    dossier_id = accepted(town)
    seen = chi.get(f"/dossiers/{dossier_id}").etag
    assert post(chi, dossier_id, "first", seen).status == 200

    late = post(duyen, dossier_id, "second", seen)

    assert (late.status, late.body["code"]) == (412, "stale_version")
    assert len(results(chi, dossier_id)) == 1
    assert len(in_store(f"quarantine/{dossier_id}")) == 1


def test_a_number_taken_by_another_dossier_meanwhile_is_drawn_anew(
    town: Town, chi: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, others = accepted(town), accepted(town)
    lay_down, was_beaten = writing.documents.laid_down, []

    def beaten_once(*args: Any) -> Any:
        if not was_beaten:
            was_beaten.append(True)
            assert chi.decide(others, WRITE, NOTICE).status == 200
        return lay_down(*args)

    monkeypatch.setattr(writing.documents, "laid_down", beaten_once)

    assert chi.decide(mine, WRITE, NOTICE).status == 200

    first, second = (int(last(chi, each)["data"]["number"].split("/")[0]) for each in (others, mine))
    assert second == first + 1
    assert len(in_store(f"quarantine/{mine}")) == 1, "what was laid down in vain was taken back"
    checked(mine, results(chi, mine)[0]["document_id"])
    assert f"Số: {second}/" in text(pdf(chi, mine, results(chi, mine)[0]["document_id"]))


def test_where_every_number_is_taken_the_officer_is_asked_to_come_again(
    town: Town, chi: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(chi, accepted(town))
    dossier_id, pauses = accepted(town), []
    monkeypatch.setattr(writing.numbering, "last_of", lambda _: 0)
    monkeypatch.setattr(writing.numbering.time, "sleep", pauses.append)

    reply = chi.decide(dossier_id, WRITE, NOTICE)

    assert (reply.status, reply.body["code"]) == (503, "unavailable")
    assert len(pauses) == writing.numbering.TRIES
    assert results(chi, dossier_id) == []
    assert in_store(f"quarantine/{dossier_id}") == set()


def test_a_full_dossier_takes_no_result_and_no_number(town: Town, chi: Person) -> None:
    dossier_id = accepted(town)
    for _ in range(MOST):
        a_clean_file(dossier_id, "result", by="officer")
    other = accepted(town)
    written(chi, other)
    before = last(chi, other)["data"]["number"]

    reply = chi.decide(dossier_id, WRITE, NOTICE)

    assert (reply.status, reply.body["code"]) == (409, "too_many_documents")
    assert in_store(f"quarantine/{dossier_id}") == set()
    written(chi, other)
    assert int(last(chi, other)["data"]["number"].split("/")[0]) == int(before.split("/")[0]) + 1


# ——— when the process ends ———


class Died(BaseException):
    pass


def test_one_that_ends_between_laying_down_and_recording_has_done_nothing(
    town: Town, chi: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier_id = accepted(town)
    seen, key = chi.get(f"/dossiers/{dossier_id}").etag, f"died-{dossier_id}"
    with monkeypatch.context() as patched:
        patched.setattr(writing.records, "keep", _dies)
        with pytest.raises(Died):
            post(chi, dossier_id, key, seen)
    assert (results(chi, dossier_id), len(in_store(f"quarantine/{dossier_id}"))) == ([], 1)
    for orphan in in_store(f"quarantine/{dossier_id}"):
        documents.arrived(orphan, now())
    assert in_store(f"kept/{dossier_id}") == set(), "the check knows no such document"

    assert post(chi, dossier_id, key, seen).status == 200

    assert len(results(chi, dossier_id)) == 1


def test_one_that_ends_after_recording_is_checked_all_the_same(
    town: Town, chi: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store's word of the file may have come before there was a document to check."""
    dossier_id = accepted(town)
    with monkeypatch.context() as patched:
        patched.setattr(writing.documents, "told_of", _dies)
        with pytest.raises(Died):
            chi.decide(dossier_id, WRITE, NOTICE)
    (document,) = results(chi, dossier_id)
    assert document["state"] == "checking"

    documents.recheck_stuck(now())

    assert document_records.find(dossier_id, document["document_id"]).state is State.CLEAN


def _dies(*_: Any, **__: Any) -> None:
    raise Died


# ——— whether it is genuine ———


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of the results' papers, in the order of their writing."""
    made: list[str] = []
    signed = writing.papers.token_of
    monkeypatch.setattr(writing.papers, "token_of", lambda said: made.append(signed(said)) or made[-1])
    return made


def verified(town: Town, token: str) -> dict[str, Any]:
    body: dict[str, Any] = town.anyone.get(f"/verifications/{token}").body
    return body


def test_it_is_genuine_from_the_first_and_valid_once_it_was_decided_on(
    town: Town, chi: Person, duyen: Person, tokens: list[str]
) -> None:
    dossier_id = accepted(town)
    used, unused = (written(chi, dossier_id)["document_id"] for _ in range(2))
    for each in (used, unused):
        checked(dossier_id, each)
    assert [verified(town, each)["status"] for each in tokens] == ["not_issued", "not_issued"]

    duyen.decide(dossier_id, "result", {"outcome": "granted", "documents": [used]})

    told = [verified(town, each) for each in tokens]
    assert [(each["genuine"], each["valid"], each["status"]) for each in told] == [
        (True, True, "valid"),
        (True, False, "not_issued"),
    ]
    code = duyen.get(f"/dossiers/{dossier_id}").body["code"]
    states = told[0]["states"]
    assert (states["dossier_code"], states["applicant"]) == (code, "******00****")
    assert re.fullmatch(rf"Thông báo số \d+/{now().year}/TB-H32\.10", states["document"])


def test_what_was_issued_may_be_revoked_and_what_was_not_may_not(
    town: Town, chi: Person, duyen: Person, tokens: list[str]
) -> None:
    dossier_id = accepted(town)
    document = written(chi, dossier_id)["document_id"]
    checked(dossier_id, document)
    paper = last(chi, dossier_id)["data"]["paper"]

    def revoked() -> Reply:
        return duyen.post(f"/papers/{paper}/revocation", {"reason": "Sai số quyết định"})

    assert (revoked().status, revoked().body["code"]) == (404, "unknown_paper")
    duyen.decide(dossier_id, "result", {"outcome": "granted", "documents": [document]})

    assert revoked().status == 200

    told = verified(town, tokens[0])
    assert (told["status"], told["revoked"]["reason"]) == ("revoked", "Sai số quyết định")
    assert revoked().body["code"] == "paper_already_revoked"
    elsewhere = f"{dossier_id}-2-result"
    assert duyen.post(f"/papers/{elsewhere}/revocation", {"reason": "Không có"}).body["code"] == "unknown_paper"


# ——— who ———


def test_who_stands_in_for_the_officer_writes_under_their_own_name_on_the_others_behalf(town: Town) -> None:
    dossier_id, an = accepted(town), town.officer("clerk", HERE, "an-stands-in")
    town.officer("supervisor", HERE).decide(dossier_id, "assignment", {"officer": "chi-away"})
    assert an.decide(dossier_id, WRITE, NOTICE).status == 403
    today = now().date().isoformat()
    cover = {"absent": "chi-away", "covering": "an-stands-in", "from": today, "to": today, "reason": "Nghỉ phép"}
    assert town.officer("supervisor", HERE).post("/desk/covers", cover).status == 201

    assert an.get(f"/dossiers/{dossier_id}/result-template").status == 200
    written(an, dossier_id)

    event = last(an, dossier_id)
    assert (event["actor"]["id"], event["data"]["on_behalf_of"]) == ("an-stands-in", "chi-away")
