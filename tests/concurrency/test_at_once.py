"""Many doing the same, or two the opposite, at the same instant: one effect, good answers for all, nothing lost."""

import re
from collections import Counter
from typing import Any

import pytest

from chalicelib.catalogue import actions as catalogue
from chalicelib.documents import records as documents
from chalicelib.dossiers import filing
from chalicelib.dossiers import records as dossiers
from chalicelib.dossiers.items import CounterItem
from chalicelib.history import records as history
from chalicelib.history.rules import EventType, broken_at
from chalicelib.table import fresh_id
from tests.concurrency.conftest import AT_BUSY, AT_CROWDED, BUSY, CROWDED, at_once
from tests.dossiers.conftest import FREE, WITH_PAPER, a_draft, file
from tests.people import Person, Reply, Town
from tests.towns import a_clean_file

pytestmark = pytest.mark.stack
HERE = "H32.10"
GRANTED = {"outcome": "granted", "documents": []}
REFUSING = {"reason": "Sai thẩm quyền", "legal_basis": "Điều 5"}


@pytest.fixture
def binh(town: Town) -> Person:
    """A new citizen for each test: the cloud is shared."""
    return town.citizen(f"binh-{fresh_id()}")


def begun(person: Person, procedure: str = FREE.code) -> Reply:
    draft = person.post("/dossiers", a_draft(procedure))
    assert draft.status == 201, draft
    return draft


def happened(dossier_id: str) -> Counter[EventType]:
    """How often what happened; the chain holds."""
    events = history.events(dossier_id)
    assert broken_at(events) is None
    return Counter(event.type for event in events)


def statuses(replies: list[Reply]) -> Counter[int]:
    return Counter(reply.status for reply in replies)


def assert_one_answer(replies: list[Reply], status: int = 200) -> None:
    """The same words for everyone, and all but one are told that they are a repetition."""
    assert statuses(replies) == {status: len(replies)}
    assert all(reply.body == replies[0].body for reply in replies)
    assert sum("idempotency-replayed" not in reply.headers for reply in replies) == 1


# ——— filing ———


def test_32_submissions_of_a_draft_under_one_key_are_one(binh: Person) -> None:
    draft = begun(binh).body["id"]

    replies = at_once(32, lambda _: binh.post(f"/dossiers/{draft}/submission", key=f"{draft}-submit"))

    assert_one_answer(replies)
    assert happened(draft) == {EventType.CREATED: 1, EventType.SUBMITTED: 1}
    assert binh.get(f"/dossiers/{draft}").body["code"] == replies[0].body["code"]


def test_32_submissions_of_a_draft_under_different_keys_are_one_and_31_noes(binh: Person, town: Town) -> None:
    draft = begun(binh).body["id"]

    replies = at_once(32, lambda _: binh.post(f"/dossiers/{draft}/submission"))

    assert statuses(replies) == {200: 1, 409: 31}
    assert {reply.body["code"] for reply in replies if reply.status == 409} == {"not_in_this_status"}
    assert happened(draft) == {EventType.CREATED: 1, EventType.SUBMITTED: 1}
    (filed,) = (reply.body for reply in replies if reply.status == 200)
    assert binh.get(f"/dossiers/{draft}").body["code"] == filed["code"]
    assert town.anyone.post("/status-lookups", {"code": filed["code"], "proof": "3456"}).status == 200


def test_200_submissions_at_once_have_200_codes(town: Town) -> None:
    several = [town.citizen(f"crowd-{each}-{fresh_id()}") for each in range(20)]
    drafts = at_once(200, lambda turn: begun(several[turn % 20], AT_BUSY.code).body["id"], threads=16)

    replies = at_once(200, lambda turn: several[turn % 20].post(f"/dossiers/{drafts[turn]}/submission"), threads=32)

    assert statuses(replies) == {200: 200}
    codes = [reply.body["code"] for reply in replies]
    assert len(set(codes)) == 200
    assert all(re.fullmatch(rf"{BUSY}-\d{{6}}-\d{{4}}", code) for code in codes)
    # No number is drawn for nothing when nobody is refused: the day's numbers have no gaps.
    numbers = sorted(int(code.rsplit("-", 1)[1]) for code in codes)
    assert numbers == list(range(1, 201))


def test_a_draft_filed_twice_leaves_gaps_but_no_number_twice(town: Town) -> None:
    """The number is drawn before the transaction that may be lost; what was drawn in vain is the stated gap."""
    several = [town.citizen(f"twice-{fresh_id()}") for _ in range(10)]
    drafts = [begun(person).body["id"] for person in several]

    replies = at_once(40, lambda turn: several[turn % 10].post(f"/dossiers/{drafts[turn % 10]}/submission"))

    codes = [reply.body["code"] for reply in replies if reply.status == 200]
    assert (len(codes), len(set(codes))) == (10, 10)
    assert statuses(replies) == {200: 10, 409: 30}
    numbers = [int(code.rsplit("-", 1)[1]) for code in codes]
    _, day, _ = codes[0].rsplit("-", 2)
    drawn = CounterItem.get(f"N#{HERE}#{day}", "COUNTER", consistent_read=True).value
    assert max(numbers) <= int(drawn)


def test_numbers_go_on_beyond_9999(town: Town, binh: Person) -> None:
    first = file(binh, AT_CROWDED.code)["code"]
    _, day, _ = first.rsplit("-", 2)
    counter = CounterItem(f"N#{CROWDED}#{day}", "COUNTER")
    counter.update(actions=[CounterItem.value.set(9_998)])
    drafts = [begun(binh, AT_CROWDED.code).body["id"] for _ in range(5)]

    replies = at_once(5, lambda turn: binh.post(f"/dossiers/{drafts[turn]}/submission"))

    codes = {reply.body["code"] for reply in replies}
    assert codes == {f"{CROWDED}-{day}-{number}" for number in ("9999", "10000", "10001", "10002", "10003")}
    for code in codes:
        assert town.anyone.post("/status-lookups", {"code": code, "proof": "3456"}).status == 200


# ——— drafts ———


@pytest.mark.parametrize("round_", range(8))
def test_what_the_receipt_says_is_what_was_filed_whatever_the_autosave_did(binh: Person, round_: int) -> None:
    draft = begun(binh)
    path = f"/dossiers/{draft.body['id']}"
    edits = {1: {"purpose": "Sửa vào phút chót"}, 2: {"copies": 2}, 3: {"copies": 3}}

    def act(turn: int) -> Reply:
        if turn == 0:
            return binh.post(f"{path}/submission")
        return binh.patch(path, {"form": edits[turn]}, seen=draft.etag)

    filed, *saved = at_once(4, act)

    assert filed.status == 200
    assert statuses(saved).keys() <= {200, 409, 412}
    kept = [turn for turn, reply in enumerate(saved, 1) if reply.status == 200]
    assert len(kept) <= 1  # all had seen the same version
    _receipt_is_true(draft.body["id"])
    form = binh.get(path).body["form"]
    assert form == draft.body["form"] | (
        {1: {"purpose": "Sửa vào phút chót"}}.get(kept[0], {"copies": kept[0]}) if kept else {}
    )


def test_who_submits_what_they_have_seen_submits_nothing_else(binh: Person) -> None:
    for _ in range(6):
        draft = begun(binh)
        path = f"/dossiers/{draft.body['id']}"
        filed, saved = at_once(
            2,
            lambda turn, draft=draft, path=path: (
                binh.patch(path, {"form": {"copies": 9}}, seen=draft.etag)
                if turn
                else binh.post(f"{path}/submission", seen=draft.etag)
            ),
        )
        assert (filed.status, saved.status) in {(200, 412), (412, 200), (200, 409)}
        if filed.status == 412:
            assert filed.etag == saved.etag
            assert binh.post(f"{path}/submission", seen=saved.etag).status == 200
        _receipt_is_true(draft.body["id"])


def _receipt_is_true(dossier_id: str) -> None:
    """The receipt is the digest of what the head holds, and of the files that are there."""
    dossier, papers = dossiers.load_with_documents(dossier_id)
    procedure = catalogue.pinned(dossier.procedure.code, dossier.procedure.key)
    assert dossier.submission_receipt == filing.receipt_of(filing.manifest_of(dossier, procedure, papers))
    assert happened(dossier_id)[EventType.SUBMITTED] == 1


def test_autosaves_that_saw_the_same_version_keep_one(binh: Person) -> None:
    draft = begun(binh)
    path = f"/dossiers/{draft.body['id']}"

    replies = at_once(12, lambda turn: binh.patch(path, {"form": {"copies": turn + 1}}, seen=draft.etag))

    assert statuses(replies) == {200: 1, 412: 11}
    (kept,) = (reply for reply in replies if reply.status == 200)
    assert {reply.etag for reply in replies if reply.status == 412} == {kept.etag}
    assert binh.get(path).body["form"] == kept.body["form"]


def test_drafts_begun_at_once_by_one_citizen_are_all_there(binh: Person) -> None:
    replies = at_once(20, lambda _: binh.post("/dossiers", a_draft()))

    assert statuses(replies) == {201: 20}
    listed = binh.get("/dossiers?limit=100").body["items"]
    assert {card["id"] for card in listed} == {reply.body["id"] for reply in replies}
    assert len(listed) == 20


def test_a_draft_begun_twenty_times_under_one_key_is_one(binh: Person) -> None:
    replies = at_once(20, lambda _: binh.post("/dossiers", a_draft(), key="begin"))

    assert_one_answer(replies, 201)
    assert len(binh.get("/dossiers").body["items"]) == 1


def test_one_key_for_two_different_requests_answers_one_of_them(binh: Person) -> None:
    replies = at_once(12, lambda turn: binh.post("/dossiers", a_draft(form={"purpose": f"Mục đích {turn}"}), key="one"))

    assert statuses(replies) == {201: 1, 422: 11}
    assert {reply.body["code"] for reply in replies if reply.status == 422} == {"idempotency_key_reused"}
    assert len(binh.get("/dossiers").body["items"]) == 1


def test_eight_uploads_registered_at_once_are_all_kept(binh: Person) -> None:
    draft = begun(binh, WITH_PAPER.code).body["id"]
    new = {"component": "giay-to", "content_type": "application/pdf", "size": 3, "sha256": "0" * 64}

    replies = at_once(8, lambda turn: binh.post(f"/dossiers/{draft}/documents", new | {"file_name": f"{turn}.pdf"}))

    assert statuses(replies) == {201: 8}
    kept = binh.get(f"/dossiers/{draft}/documents").body["items"]
    assert {each["document_id"] for each in kept} == {reply.body["document_id"] for reply in replies}
    assert {each["file_name"] for each in kept} == {f"{turn}.pdf" for turn in range(8)}


def test_a_file_taken_out_while_the_draft_is_filed_is_in_both_or_in_neither(binh: Person) -> None:
    """The receipt never names a file that is gone."""
    for _ in range(6):
        draft = begun(binh, WITH_PAPER.code).body["id"]
        kept, moot = a_clean_file(draft, "giay-to"), a_clean_file(draft, "giay-to")
        path = f"/dossiers/{draft}"

        filed, taken = at_once(
            2,
            lambda turn, path=path, moot=moot: (
                binh.ask("DELETE", f"{path}/documents/{moot}") if turn else binh.post(f"{path}/submission")
            ),
        )

        if (filed.status, taken.status) == (409, 204):
            assert binh.post(f"{path}/submission").status == 200  # told to try again, and did
        else:
            assert (filed.status, taken.status) in {(200, 204), (200, 409)}
        _receipt_is_true(draft)
        listed = {each["document_id"] for each in binh.get(f"{path}/documents").body["items"]}
        assert listed == ({kept} if taken.status == 204 else {kept, moot})


# ——— decisions ———


def test_a_results_file_taken_out_at_the_instant_of_the_decision_is_not_decided_on(town: Town, binh: Person) -> None:
    approver, specialist = town.officer("approver", HERE), town.officer("specialist", HERE)
    for _ in range(6):
        filed = file(binh)["id"]
        assert town.officer("clerk", HERE).decide(filed, "acceptance").status == 200
        seen, scan = binh.get(f"/dossiers/{filed}").etag, a_clean_file(filed, "result", by="officer")

        given, taken = at_once(
            2,
            lambda turn, filed=filed, scan=scan, seen=seen: (
                specialist.ask("DELETE", f"/dossiers/{filed}/documents/{scan}")
                if turn
                else approver.post(f"/dossiers/{filed}/result", GRANTED | {"documents": [scan]}, seen=seen)
            ),
        )

        assert (given.status, taken.status) in {(200, 409), (409, 204), (422, 204)}
        readable = binh.get(f"/dossiers/{filed}/documents/{scan}/content").status
        assert readable == (200 if given.status == 200 else 404)


def decided(town: Town, dossier: Reply, decisions: list[tuple[str, str, Any]]) -> list[Reply]:
    """All of them at once, each having seen the dossier as it was."""
    path = f"/dossiers/{dossier.body['id']}"

    def decide(turn: int) -> Reply:
        role, what, body = decisions[turn]
        return town.officer(role, HERE, f"{role}-{turn}").post(f"{path}/{what}", body, seen=dossier.etag)

    return at_once(len(decisions), decide)


OPPOSED = {
    "accept or refuse": ("submitted", [("clerk", "acceptance", {}), ("clerk", "refusal", REFUSING)]),
    "accept, or ask for more": (
        "submitted",
        [
            ("clerk", "acceptance", {}),
            ("clerk", "supplement-requests", {"items": [{"field": "purpose", "reason": "Ghi rõ"}]}),
        ],
    ),
    "grant or stop": (
        "accepted",
        [("approver", "result", GRANTED), ("approver", "stop", {"reason": "Không đủ điều kiện"})],
    ),
    "eight accept": ("submitted", [("clerk", "acceptance", {})] * 8),
    "everyone does something": (
        "accepted",
        [
            ("specialist", "suspension", {"cause": "other_agency", "reason": "Chờ"}),
            ("approver", "extension", {"reason": "Phức tạp", "days": 2}),
            ("supervisor", "assignment", {"officer": "minh"}),
            ("specialist", "result", GRANTED),
            ("approver", "stop", {"reason": "Dừng"}),
        ],
    ),
}


@pytest.mark.parametrize("opposed", OPPOSED)
def test_of_officers_who_decide_at_once_one_wins_and_the_others_hear_of_it(
    town: Town, binh: Person, opposed: str
) -> None:
    stage, decisions = OPPOSED[opposed]
    for _ in range(3):
        filed = file(binh)["id"]
        if stage == "accepted":
            assert town.officer("clerk", HERE).decide(filed, "acceptance").status == 200
        before = binh.get(f"/dossiers/{filed}")

        replies = decided(town, before, decisions)

        assert statuses(replies) == {200: 1, 412: len(decisions) - 1}
        (won,) = (reply for reply in replies if reply.status == 200)
        now = binh.get(f"/dossiers/{filed}")
        assert {reply.etag for reply in replies} == {won.etag} == {now.etag}
        assert now.body["status"] == won.body["status"]
        assert now.body["version"] == before.body["version"] + 1 == sum(happened(filed).values())


def test_a_withdrawal_against_a_decision_leaves_one_of_them(town: Town, binh: Person) -> None:
    for _ in range(5):
        filed = file(binh)["id"]
        path, seen = f"/dossiers/{filed}", binh.get(f"/dossiers/{filed}").etag

        withdrawn, refused = at_once(
            2,
            lambda turn, path=path, seen=seen: (
                town.officer("clerk", HERE).post(f"{path}/refusal", REFUSING, seen=seen)
                if turn
                else binh.post(f"{path}/withdrawal", {"reason": "Không còn nhu cầu"})
            ),
        )

        ended = binh.get(path).body["status"]
        assert (withdrawn.status, refused.status, ended) in {(200, 412, "withdrawn"), (409, 200, "not_accepted")}


def asked_to_supplement(town: Town, binh: Person) -> str:
    filed: str = file(binh)["id"]
    request = {"items": [{"field": "purpose", "reason": "Ghi rõ mục đích"}]}
    asked = town.officer("clerk", HERE).decide(filed, "supplement-requests", request)
    assert asked.status == 200
    better = {"form": {"purpose": "Xin việc làm"}}
    assert binh.patch(f"/dossiers/{filed}", better, seen=asked.etag).status == 200
    return filed


def test_twenty_identical_answers_to_a_supplement_are_one(town: Town, binh: Person) -> None:
    filed = asked_to_supplement(town, binh)

    replies = at_once(20, lambda _: binh.post(f"/dossiers/{filed}/supplements", key="answer"))

    assert_one_answer(replies)
    assert happened(filed)[EventType.SUPPLEMENT_ANSWERED] == 1


def test_twenty_answers_to_a_supplement_set_the_clock_going_once(town: Town, binh: Person) -> None:
    filed = asked_to_supplement(town, binh)

    replies = at_once(20, lambda _: binh.post(f"/dossiers/{filed}/supplements"))

    assert statuses(replies) == {200: 1, 409: 19}
    assert happened(filed)[EventType.SUPPLEMENT_ANSWERED] == 1


def test_messages_written_at_once_are_kept_or_called_for_again(town: Town, binh: Person) -> None:
    """Nothing is lost without a word: who is told yes is in the history, who is told to try again is not."""
    filed = file(binh)["id"]

    replies = at_once(12, lambda turn: binh.post(f"/dossiers/{filed}/messages", {"text": f"Lời nhắn {turn}"}))

    assert statuses(replies).keys() <= {201, 409}
    kept = {f"Lời nhắn {turn}" for turn, reply in enumerate(replies) if reply.status == 201}
    told = [event.data["text"] for event in history.events(filed) if event.type == EventType.MESSAGED]
    assert kept
    assert (set(told), len(told)) == (kept, len(kept))
    happened(filed)


# ——— written results ———

WRITTEN = {"texts": {"content": "Đồng ý cấp", "grounds": "Điều 64"}}
WRITERS = 8


def _accepted(town: Town, procedure: str, agency: str) -> tuple[str, str]:
    dossier_id = str(file(town.citizen(f"binh-{fresh_id()}"), procedure)["id"])
    reply = town.officer("clerk", agency).decide(dossier_id, "acceptance")
    assert reply.status == 200, reply
    return dossier_id, str(reply.etag)


def test_results_written_at_once_have_numbers_without_gaps(town: Town) -> None:
    ready = [_accepted(town, AT_BUSY.code, BUSY) for _ in range(WRITERS)]

    def write(turn: int) -> Reply:
        dossier_id, seen = ready[turn]
        return town.officer("specialist", BUSY).post(f"/dossiers/{dossier_id}/result-papers", WRITTEN, seen=seen)

    replies = at_once(WRITERS, write)

    assert statuses(replies) == {200: WRITERS}, [each.body for each in replies if each.status != 200]
    told = [history.events(dossier_id)[-1].data["number"] for dossier_id, _ in ready]
    assert sorted(int(number.split("/")[0]) for number in told) == list(range(1, WRITERS + 1))


def test_one_result_written_by_many_at_once_is_one_and_the_others_are_told(town: Town) -> None:
    dossier_id, seen = _accepted(town, FREE.code, HERE)

    def write(turn: int) -> Reply:
        chi = town.officer("specialist", HERE, f"chi-{turn}")
        return chi.post(f"/dossiers/{dossier_id}/result-papers", WRITTEN, seen=seen)

    replies = at_once(6, write)

    assert statuses(replies) == {200: 1, 412: 5}
    assert happened(dossier_id)[EventType.RESULT_WRITTEN] == 1
    assert len(documents.of_dossier(dossier_id)) == 1


def test_a_result_sent_many_times_under_one_key_is_one(town: Town) -> None:
    dossier_id, seen = _accepted(town, FREE.code, HERE)
    chi, path = town.officer("specialist", HERE), f"/dossiers/{dossier_id}/result-papers"

    replies = at_once(6, lambda _: chi.post(path, WRITTEN, seen=seen, key=f"{dossier_id}-write"))

    assert_one_answer(replies)
    assert len(documents.of_dossier(dossier_id)) == 1
