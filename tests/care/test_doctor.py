"""Each fault, made past the service: found, told in plain words, repaired where that is safe, and then gone."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import boto3
import pytest

from chalicelib.clock.now import now
from chalicelib.documents.records import of_dossier
from chalicelib.dossiers import records
from chalicelib.dossiers.life import Stage
from chalicelib.history import followups
from chalicelib.history.followups import FOLLOWERS, MONEY, NOTICES, POST
from chalicelib.history.records import dossier_key
from chalicelib.payments.records import ledger
from chalicelib.postal import records as shipments
from chalicelib.settings import settings
from ops.care import doctor, scan
from ops.care.filling import SOMEBODY
from ops.care.findings import KINDS, Finding
from tests.care.conftest import Healthy, changed, items, removed

Dossiers = Healthy
LATER = timedelta(days=8)  # than anything is allowed to take


def at(dossier_id: str) -> str:
    return dossier_key(dossier_id)


def s(value: object) -> dict[str, str]:
    return {"S": str(value)}


def n(value: int) -> dict[str, str]:
    return {"N": str(value)}


def put(pk: str, sk: str, **attributes: Any) -> None:
    item = {"pk": s(pk), "sk": s(sk), **attributes}
    boto3.client("dynamodb").put_item(TableName=settings().TABLE, Item=item)


def only_payment(dossiers: Dossiers) -> Any:
    (payment,) = ledger(dossiers["awaiting payment"]).payments.values()
    return payment


def only_parcel(dossiers: Dossiers) -> Any:
    (parcel,) = shipments.of_dossier(dossiers["in the post"])
    return parcel


def paper_of(dossiers: Dossiers, stage: str = Stage.ACCEPTED) -> Any:
    return of_dossier(dossiers[stage])[0]


# ——— faults: each makes one, and answers what the finding is about ———


def no_queue(dossiers: Dossiers) -> str:
    changed(at(dossiers["accepted"]), "DOSSIER", desk_agency=None, desk_order=None)
    return dossiers["accepted"]


def wrong_queue(dossiers: Dossiers) -> str:
    changed(at(dossiers["finished"]), "DOSSIER", desk_order=s("in_progress#2026"))
    return dossiers["finished"]


def no_officer(dossiers: Dossiers) -> str:
    changed(at(dossiers["processing"]), "DOSSIER", officer_key=None)
    return dossiers["processing"]


def no_citizen(dossiers: Dossiers) -> str:
    changed(at(dossiers["draft"]), "DOSSIER", citizen_key=None)
    return dossiers["draft"]


def no_watch(dossiers: Dossiers) -> str:
    changed(at(dossiers["accepted"]), "DOSSIER", watch_shard=None, watch_at=None)
    return dossiers["accepted"]


def late_watch(dossiers: Dossiers) -> str:
    changed(at(dossiers["processing"]), "DOSSIER", watch_at=s("2999-01-01T00:00:00+07:00"))
    return dossiers["processing"]


def old_card(dossiers: Dossiers) -> str:
    dossier = records.load(dossiers["returned"])
    card = records.head_of(dossier).card
    changed(at(dossier.id), "DOSSIER", card=s(json.dumps({**card, "stage": "finished"})))
    return dossier.id


def not_searched(dossiers: Dossiers) -> str:
    dossier = records.load(dossiers["stopped"])
    removed(f"FIND#{dossier.agency}", f"{dossier.found_by[0]}#{dossier.id}")
    return dossier.id


def never_searched(dossiers: Dossiers) -> str:
    dossier = records.load(dossiers["stopped"])
    for entry in dossier.found_by:
        removed(f"FIND#{dossier.agency}", f"{entry}#{dossier.id}")
    changed(at(dossier.id), "DOSSIER", body=s(dossier.model_copy(update={"found_by": ()}).model_dump_json()))
    return dossier.id


def no_status(dossiers: Dossiers) -> str:
    removed(f"C#{records.load(dossiers['stopped']).code}", "STATUS")
    return dossiers["stopped"]


def old_status(dossiers: Dossiers) -> str:
    dossier = records.load(dossiers["withdrawn"])
    older = dossier.model_copy(update={"stage": Stage.ACCEPTED})
    changed(f"C#{dossier.code}", "STATUS", body=s(records.public_body(older)))
    return dossier.id


def lost_dossier_of_a_code(dossiers: Dossiers) -> str:
    code = records.load(dossiers["withdrawn"]).code
    for item in items():
        if item["pk"]["S"] == at(dossiers["withdrawn"]):
            removed(item["pk"]["S"], item["sk"]["S"])
    boto3.client("s3").delete_object(Bucket=settings().BUCKET, Key=MADE_KEPT(dossiers["withdrawn"]))
    return str(code)


def MADE_KEPT(dossier_id: str) -> str:  # noqa: N802
    listed = boto3.client("s3").list_objects_v2(Bucket=settings().BUCKET, Prefix=f"kept/{dossier_id}/")
    return str(listed["Contents"][0]["Key"])


def letter_that_should_not_wait(dossiers: Dossiers) -> str:
    agency = records.load(dossiers["finished"]).agency
    facts = {"kind": s("apology"), "card": s("{}"), "version": n(1)}
    place = {"desk_agency": s(f"apology#{agency}"), "desk_order": s("2026")}
    item = {"pk": s(at(dossiers["finished"])), "sk": s("APOLOGY"), **facts, **place}
    boto3.client("dynamodb").put_item(TableName=settings().TABLE, Item=item)
    return dossiers["finished"]


def lost_head(dossiers: Dossiers) -> str:
    removed(at(dossiers["draft"]), "DOSSIER")
    return dossiers["draft"]


def torn_head(dossiers: Dossiers) -> str:
    changed(at(dossiers["draft"]), "DOSSIER", body=s("{"))
    return dossiers["draft"]


def altered_event(dossiers: Dossiers) -> str:
    changed(at(dossiers["accepted"]), "E#000002", data=s('{"altered": true}'))
    return dossiers["accepted"]


def lost_event(dossiers: Dossiers) -> str:
    removed(at(dossiers["accepted"]), "E#000002")
    return dossiers["accepted"]


def head_of_yesterday(dossiers: Dossiers) -> str:
    dossier = records.load(dossiers["accepted"])
    older = dossier.model_copy(update={"last_hash": "0" * 64})
    changed(at(dossier.id), "DOSSIER", body=s(older.model_dump_json()))
    return dossier.id


def not_told(dossiers: Dossiers) -> str:
    removed(at(dossiers["accepted"]), f"F#{NOTICES}")
    return dossiers["accepted"]


def told_ahead(dossiers: Dossiers) -> str:
    changed(at(dossiers["accepted"]), f"F#{MONEY}", seq=n(99))
    return dossiers["accepted"]


def lost_file(dossiers: Dossiers) -> str:
    paper, s3 = paper_of(dossiers), boto3.client("s3")
    for version in s3.list_object_versions(Bucket=settings().BUCKET, Prefix=paper.kept_key)["Versions"]:
        s3.delete_object(Bucket=settings().BUCKET, Key=paper.kept_key, VersionId=version["VersionId"])
    return f"{paper.dossier_id}/{paper.id}"


def deleted_file(dossiers: Dossiers) -> str:
    paper = paper_of(dossiers)
    boto3.client("s3").delete_object(Bucket=settings().BUCKET, Key=paper.kept_key)
    return f"{paper.dossier_id}/{paper.id}"


def other_file(dossiers: Dossiers) -> str:
    paper = paper_of(dossiers)
    boto3.client("s3").put_object(Bucket=settings().BUCKET, Key=paper.kept_key, Body=b"shorter")
    return f"{paper.dossier_id}/{paper.id}"


def file_of_nobody(dossiers: Dossiers) -> str:
    paper = paper_of(dossiers)
    removed(at(paper.dossier_id), f"DOC#{paper.id}")
    changed(at(paper.dossier_id), "DOCS", number=n(0))
    return str(paper.kept_key)


def document_nobody_checks(dossiers: Dossiers) -> str:
    paper = paper_of(dossiers)
    changed(at(paper.dossier_id), f"DOC#{paper.id}", state=s("checking"))
    return f"{paper.dossier_id}/{paper.id}"


def unseen_upload(dossiers: Dossiers) -> str:
    paper = paper_of(dossiers)
    changed(at(paper.dossier_id), f"DOC#{paper.id}", state=s("awaiting_upload"))
    boto3.client("s3").put_object(Bucket=settings().BUCKET, Key=paper.key, Body=b"it came")
    return f"{paper.dossier_id}/{paper.id}"


def miscount(dossiers: Dossiers) -> str:
    changed(at(dossiers["accepted"]), "DOCS", number=n(49))
    return dossiers["accepted"]


def payment_never_asked(dossiers: Dossiers) -> str:
    payment = only_payment(dossiers)
    changed(at(payment.dossier_id), f"PAY#{payment.id}", watch_at=None, watch_shard=None)
    return str(payment.id)


def money_off_the_desk(dossiers: Dossiers) -> str:
    (payment,) = ledger(dossiers["paid"]).payments.values()
    agency = f"money#{records.load(payment.dossier_id).agency}"
    order = s(f"overpaid#2026#{payment.id}")
    changed(at(payment.dossier_id), f"PAY#{payment.id}", desk_agency=s(agency), desk_order=order, card=s("{}"))
    return str(payment.id)


def other_fee(dossiers: Dossiers) -> str:
    dossier = records.load(dossiers["paid"])
    other = dossier.model_copy(update={"payment_status": "due"})
    head = records.head_of(other)
    changed(at(dossier.id), "DOSSIER", body=s(head.body), card=s(json.dumps(head.card)))
    changed(f"C#{dossier.code}", "STATUS", body=s(records.public_body(other)))
    return dossier.id


def entry_of_the_past(dossiers: Dossiers) -> str:
    """As a change of the name would leave it, had it forgotten the old one."""
    dossier = records.load(dossiers["stopped"])
    put(f"FIND#{dossier.agency}", f"name#an earlier name#260101#{dossier.id}", kind=s("find"))
    return dossier.id


def entry_elsewhere(dossiers: Dossiers) -> str:
    dossier = records.load(dossiers["stopped"])
    put("FIND#H32.99", f"{dossier.found_by[0]}#{dossier.id}", kind=s("find"))
    return dossier.id


def entry_of_nobody(dossiers: Dossiers) -> str:
    put("FIND#H32.10", "name#nobody#260101#gone", kind=s("find"))
    return "gone"


def receipt_of(dossiers: Dossiers) -> tuple[str, dict[str, Any]]:
    """Its key and what it says."""
    pk = at(dossiers["paid"])
    (item,) = [each for each in items() if each["pk"]["S"] == pk and each["sk"]["S"].startswith("RECEIPT#")]
    return item["sk"]["S"], json.loads(item["facts"]["S"])


def receipt_for_nothing(dossiers: Dossiers) -> str:
    sk, facts = receipt_of(dossiers)
    other = {**facts, "payment_id": f"{dossiers['paid']}-zzzz", "symbol": "", "n": 9}
    put(at(dossiers["paid"]), f"{sk[:-1]}9", kind=s("fee_receipt"), facts=s(json.dumps(other)))
    return f"{dossiers['paid']}-zzzz-receipt_{facts['kind']}"


def number_twice(dossiers: Dossiers) -> str:
    sk, facts = receipt_of(dossiers)
    put(at(dossiers["paid"]), f"{sk[:-1]}9", kind=s("fee_receipt"), facts=s(json.dumps({**facts, "n": 9})))
    return f"{facts['symbol']} {facts['number']}"


def numbers_missing(dossiers: Dossiers) -> str:
    sk, facts = receipt_of(dossiers)
    later = {**facts, "number": f"{int(facts['number']) + 4:07d}"}
    changed(at(dossiers["paid"]), sk, facts=s(json.dumps(later)))
    changed(f"N#{facts['symbol']}", "COUNTER", value=n(int(later["number"])))
    return str(facts["symbol"])


def count_of_yesterday(dossiers: Dossiers) -> str:
    _, facts = receipt_of(dossiers)
    changed(f"N#{facts['symbol']}", "COUNTER", value=n(int(facts["number"]) - 1))
    return str(facts["symbol"])


def no_parcel(dossiers: Dossiers) -> str:
    parcel = only_parcel(dossiers)
    removed(at(parcel.dossier_id), f"SHIP#{parcel.n}")
    return str(parcel.dossier_id)


def parcel_off_watch(dossiers: Dossiers) -> str:
    parcel = only_parcel(dossiers)
    changed(at(parcel.dossier_id), f"SHIP#{parcel.n}", watch_at=None, watch_shard=None)
    return f"{parcel.dossier_id}/{parcel.n}"


def parcel_nobody_finds(dossiers: Dossiers) -> str:
    parcel = only_parcel(dossiers)
    removed(f"SHIPREF#{parcel.carrier}#{parcel.order_number}", "SHIPREF")
    return f"{parcel.dossier_id}/{parcel.n}"


class Fault(NamedTuple):
    kind: str
    make: Callable[[Dossiers], str]
    mends: bool = True
    after: timedelta = timedelta(0)
    brings: frozenset[str] = frozenset()  # what the same fault is also found as


FAULTS = [
    Fault("in_no_queue", no_queue),
    Fault("in_wrong_queue", wrong_queue),
    Fault("not_with_its_officer", no_officer),
    Fault("not_with_its_citizen", no_citizen),
    Fault("not_on_watch", no_watch),
    Fault("not_on_watch", late_watch),
    Fault("card_outdated", old_card),
    Fault("not_found_at_desk", not_searched),
    Fault("not_found_at_desk", never_searched),
    Fault("status_wrong", no_status),
    Fault("status_wrong", old_status),
    Fault("status_of_nobody", lost_dossier_of_a_code, mends=False, brings=frozenset({"found_but_gone"})),
    Fault("letter_wrong", letter_that_should_not_wait),
    Fault("no_head", lost_head, mends=False),
    Fault("unreadable", torn_head, mends=False),
    Fault("chain_broken", altered_event, mends=False),
    Fault("chain_broken", lost_event, mends=False, brings=frozenset({"head_apart_from_history", "followed_ahead"})),
    Fault("head_apart_from_history", head_of_yesterday, mends=False, brings=frozenset({"status_wrong"})),
    Fault("followed_ahead", told_ahead),
    Fault("document_without_object", lost_file, mends=False),
    Fault("document_deleted", deleted_file),
    Fault("document_of_other_size", other_file, mends=False),
    Fault("object_without_document", file_of_nobody, mends=False, after=timedelta(hours=1, minutes=5)),
    Fault("document_off_watch", document_nobody_checks),
    Fault("document_off_watch", unseen_upload),
    Fault("documents_miscounted", miscount),
    Fault("payment_unasked", payment_never_asked),
    Fault("money_not_on_desk", money_off_the_desk),
    Fault("fee_apart", other_fee, mends=False),
    Fault("found_by_the_past", entry_of_the_past),
    Fault("found_by_the_past", entry_elsewhere),
    Fault("found_but_gone", entry_of_nobody, mends=False),
    Fault("receipt_without_payment", receipt_for_nothing, mends=False),
    Fault("receipt_number_twice", number_twice, mends=False),
    Fault("receipt_numbers_missing", numbers_missing, mends=False, after=timedelta(hours=1, minutes=5)),
    Fault("receipt_counter_behind", count_of_yesterday),
    Fault("shipment_misplaced", parcel_off_watch),
    Fault("shipment_unknown", parcel_nobody_finds),
]


def found_at(later: timedelta = timedelta(0)) -> list[Finding]:
    return list(doctor.findings(now() + later))


def run(capsys: pytest.CaptureFixture[str], later: timedelta = timedelta(0), **how: bool) -> tuple[int, str]:
    code = doctor.main("Khánh Hòa", now() + later, **{"repair": False, "every": False, **how})
    return code, capsys.readouterr().out


def test_a_whole_life_in_good_health_shows_nothing(healthy: Dossiers, capsys: pytest.CaptureFixture[str]) -> None:
    assert {records.load(each).stage for each in healthy.everything().values()} == set(Stage)

    code, said = run(capsys)

    assert (code, said.splitlines()[-1]) == (0, "Nothing is wrong.")
    assert f"{len(healthy)} dossiers" in said


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind}-{fault.make.__name__}")
def test_a_fault_is_found_told_and_where_that_is_safe_mended(
    healthy: Dossiers, fault: Fault, capsys: pytest.CaptureFixture[str]
) -> None:
    about = fault.make(healthy)
    before = items()

    assert {(each.kind, each.about) for each in found_at(fault.after) if each.kind not in fault.brings} == {
        (fault.kind, about)
    }
    code, dry = run(capsys, fault.after)
    assert code == 1
    assert KINDS[fault.kind].what in dry
    assert about in dry
    assert "repaired\n" not in dry.replace("would be repaired\n", "")
    assert items() == before, "a dry run writes nothing"
    assert not [word for word in SOMEBODY.values() if isinstance(word, str) and len(word) > 6 and word in dry]

    code, done = run(capsys, fault.after, repair=True)
    assert (code == 0) == fault.mends, done
    if fault.mends:
        assert "→ repaired" in done
        assert run(capsys, fault.after)[0] == 0
    elif not fault.brings:
        assert items() == before, "what no repair is safe for is left exactly as it is"


def test_every_kind_of_finding_is_tested_here(healthy: Dossiers) -> None:
    by_hand = {
        "not_followed_up",
        "shipment_missing",
        "receipt_missing",
        *TIME_MAKES,
        "refund_pending",
        "order_unknown",
        "shipment_waits",
    }
    assert {fault.kind for fault in FAULTS} | by_hand == set(KINDS)


# ——— what goes through the queues ———


@pytest.fixture
def queues(healthy: Dossiers, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[Any]]:
    sqs = boto3.client("sqs")
    urls = {name: sqs.get_queue_url(QueueName=f"motcua-{name}")["QueueUrl"] for name in FOLLOWERS}
    named = {f"{name.upper()}_QUEUE": url for name, url in urls.items()}
    current = settings().model_copy(update=named)
    monkeypatch.setattr(followups, "settings", lambda: current)

    def waiting(name: str) -> list[Any]:
        told = sqs.receive_message(QueueUrl=urls[name], MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(each["Body"]) for each in told]

    return waiting


def test_an_event_nobody_followed_up_is_told_again_to_whom_it_concerns(healthy: Dossiers, queues: Any, capsys: Any):
    dossier_id = not_told(healthy)
    assert found_at() == [], "the queues may still be at it"

    later = timedelta(hours=3)
    told = [each for each in found_at(later) if each.kind == "not_followed_up"]
    assert [(each.about, each.facts) for each in told] == [(dossier_id, "created (event 1 of 3), by notices")]
    assert queues(NOTICES) == []
    run(capsys, later, repair=True)
    assert queues(NOTICES) == [{"dossier_id": dossier_id, "seq": 3}]
    assert queues(POST) == queues(MONEY) == []


def test_a_result_without_its_parcel_is_handed_over_again(healthy: Dossiers, queues: Any, capsys: Any) -> None:
    from chalicelib.postal import actions as post

    parcel = only_parcel(healthy)
    no_parcel(healthy)
    assert [(each.kind, each.about) for each in found_at()] == [("shipment_missing", parcel.dossier_id)]

    run(capsys, repair=True)
    (told,) = queues(POST)
    post.follow(told["dossier_id"], told["seq"], now())
    assert only_parcel(healthy).order_number == parcel.order_number
    assert found_at() == []


def test_a_paid_fee_without_its_receipt_gets_it_by_following_the_money_again(
    healthy: Dossiers, queues: Any, capsys: Any
) -> None:
    from chalicelib.payments import following
    from chalicelib.payments.receipts.records import issued

    sk, facts = receipt_of(healthy)
    removed(at(healthy["paid"]), sk)
    (told,) = found_at()
    assert (told.kind, told.about, told.facts) == (
        *("receipt_missing", facts["payment_id"]),
        f"vnpay, {sum(line['amount'] for line in facts['lines'])} VND: {facts['kind']}",
    )

    run(capsys, repair=True)
    (asked,) = queues(MONEY)
    following.follow(asked["dossier_id"], asked["seq"], now())
    (again,) = issued(healthy["paid"])
    assert int(again.number) == int(facts["number"]) + 1, "the lost number is not given out again"
    assert found_at() == []


def test_a_number_drawn_while_the_doctor_looks_is_no_gap(healthy: Dossiers) -> None:
    numbers_missing(healthy)
    assert found_at() == []


# ——— what only time makes wrong ———

TIME_MAKES = {"clock_behind", "payment_pending", "shipment_stuck", "document_unchecked"}


def test_what_waits_too_long_is_told_and_left_to_whom_it_concerns(healthy: Dossiers, capsys: Any) -> None:
    payment, paper, _ = only_payment(healthy), paper_of(healthy), only_parcel(healthy)
    watch = {"watch_at": s(now().isoformat()), "watch_shard": s("doc#0")}
    changed(at(paper.dossier_id), f"DOC#{paper.id}", state=s("checking"), **watch)
    kinds = {each.kind: each for each in found_at(LATER)}

    assert TIME_MAKES - {"payment_pending"} <= set(kinds)
    assert kinds["payment_unasked"].about == payment.id
    assert all(kinds[kind].repair is None for kind in TIME_MAKES & set(kinds))
    before = items()
    run(capsys, LATER)
    assert items() == before


def test_a_payment_the_provider_is_silent_about_is_told(healthy: Dossiers) -> None:
    payment = only_payment(healthy)
    from chalicelib.payments.hearing import heard
    from chalicelib.payments.rules import Source, Statement, Verdict

    facts = {"amount": payment.amount, "provider_reference": "1", "money_taken": False, "facts": {}}
    heard("vnpay", Statement(order=payment.name, verdict=Verdict.PENDING, **facts), Source.NOTIFICATION, now())
    told = [each for each in found_at(timedelta(days=2)) if each.kind == "payment_pending"]
    assert [each.about for each in told] == [payment.id]
    assert "vnpay, pending" in told[0].facts


def test_a_payment_known_by_another_name_is_found_by_it_again(healthy: Dossiers, capsys: Any) -> None:
    payment = only_payment(healthy)
    facts = {**payment.model_dump(mode="json"), "order": "123456789012345"}
    changed(at(payment.dossier_id), f"PAY#{payment.id}", facts=s(json.dumps(facts)))
    assert [(each.kind, each.about) for each in found_at()] == [("order_unknown", payment.id)]
    assert run(capsys, repair=True)[0] == 0
    assert found_at() == []


def test_a_refund_that_takes_a_week_is_told(healthy: Dossiers) -> None:
    from chalicelib.payments.refunds import Act, RefundEvent

    (payment,) = ledger(healthy["paid"]).payments.values()
    act = RefundEvent(refund_id="r1", payment_id=payment.id, act=Act.ASKED, at=now(), by="mai", amount=payment.amount)
    from chalicelib.payments import records as money
    from chalicelib.table import commit

    for each in (act, act.model_copy(update={"act": Act.APPROVED, "by": "ha"})):
        commit(money.told(payment, each))
    told = [each for each in found_at(LATER) if each.kind == "refund_pending"]
    assert [each.about for each in told] == ["r1"]


def test_a_parcel_that_waits_for_a_person_for_a_week_is_told(healthy: Dossiers) -> None:
    from chalicelib.postal import rules

    parcel = shipments.keep(rules.to_person(only_parcel(healthy), rules.Trouble.REFUSED, now()))
    assert found_at() == []
    told = [each for each in found_at(LATER) if each.kind == "shipment_waits"]
    assert [(each.about, each.repair) for each in told] == [(f"{parcel.dossier_id}/{parcel.n}", None)]


# ——— beside people at work ———


def test_a_repair_never_overwrites_what_happened_since(healthy: Dossiers, capsys: Any) -> None:
    dossier_id = no_queue(healthy)
    (finding,) = found_at()
    changed(at(dossier_id), "DOSSIER", version=n(99))
    before = items()
    assert doctor._tended(finding, repair=True) == "left: it changed meanwhile"
    assert items() == before


def test_work_under_way_while_it_is_looked_at_is_no_fault(healthy: Dossiers, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier_id, read = no_queue(healthy), doctor.Partition.read
    whole = records.head_of(records.load(dossier_id))

    def written_in_between(each: str) -> Any:
        found = read(each)
        if each == dossier_id:
            changed(at(each), "DOSSIER", desk_agency=s(whole.desk_agency), desk_order=s(whole.desk_order))
        return found

    monkeypatch.setattr(doctor.Partition, "read", written_in_between)
    assert found_at() == []


def test_it_reads_no_further_than_it_is_listened_to(table: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """However large the table: pages are asked for one at a time, and only while what they told is being taken."""
    client = boto3.client("dynamodb")
    for number in range(300):
        item = {"pk": s(f"D#d{number}"), "sk": s("F#post"), "kind": s("followed"), "seq": n(1)}
        client.put_item(TableName=settings().TABLE, Item=item)
    monkeypatch.setattr(scan, "WAITING", 10)
    read: list[str] = []
    monkeypatch.setattr(
        doctor.Partition, "read", lambda each, read_=doctor.Partition.read: read.append(each) or read_(each)
    )
    finding = doctor.findings(now(), page=5)
    assert next(finding).kind == "no_head"
    time.sleep(1)
    assert len(read) < 200
    assert sum(1 for _ in finding) == 299


def test_a_fault_of_the_cloud_is_not_taken_for_health(healthy: Dossiers, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Any:
        raise ConnectionError("nobody there")

    monkeypatch.setattr(scan, "keys", broken)
    with pytest.raises(ConnectionError):
        found_at()
