"""What an officer's form says, handed to the very action the API uses; one function for each thing to do."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from chalicelib.dossiers import actions, asked, desk_actions
from chalicelib.dossiers.act import Act
from chalicelib.dossiers.results import Result
from chalicelib.dossiers.rules import SupplementItem
from chalicelib.dossiers.writing import actions as writing
from chalicelib.dossiers.writing.actions import Said
from chalicelib.dossiers.writing.routes import ResultWriting
from chalicelib.payments import actions as payments
from chalicelib.payments.routes import NewCounterPayment
from chalicelib.refusals import Fault, Invalid, Unseen
from chalicelib.site import supplying
from chalicelib.site.choices import WRITE
from chalicelib.site.visits import Fields, Visit
from chalicelib.web.facts import LARGEST_BODY, read_body

M = TypeVar("M", bound=BaseModel)
NO_ITEM: Final = Fault(
    "/items", "required", "Hãy chọn ít nhất một mục cần bổ sung.", "Tick at least one thing to be put right."
)
NO_STEP: Final = Fault("/step", "required", "Hãy chọn bước bắt đầu.", "Choose the step that begins.")
NO_REASON: Final = ("required", "Hãy nêu lý do cho mục này.", "Say why for this one.")
VAGUE: Final = (
    "too_vague",
    "Hãy ghi rõ sai hoặc thiếu điều gì, cần làm gì; hoặc chọn một lý do có sẵn.",
    "Say what is wrong and what is to be done, or choose a known reason.",
)
TEXT: Final = "texts."  # the fields of what is added to a result
SHORTEST: Final = 12  # characters; less says neither what is wrong nor what to do
NOT_LOOKED_THROUGH: Final = Fault(
    "/complete",
    "required",
    "Hãy xác nhận đã kiểm tra hết hồ sơ: chỉ được yêu cầu bổ sung một lần, đầy đủ.",
    "Say that you have looked through the whole dossier: a supplement is asked for once, and completely.",
)


def asked_as(model: type[M], facts: dict[str, Any], largest: int = LARGEST_BODY) -> M:
    """Judged as the API would judge it; raises `Invalid` with faults that name the form's fields."""
    read: M = read_body(json.dumps(facts).encode(), model, largest)[0]
    return read


def act_of(visit: Visit, to: str) -> Act:
    """An officer decides on what they have seen: a form that names no version is refused."""
    if visit.seen is None:
        raise Unseen
    return Act(visit.person, visit.now, visit.seen, visit.once(lambda _: to))


def _submit(dossier_id: str, form: Fields, act: Act) -> None:
    actions.submit(dossier_id, act)


def _accept(dossier_id: str, form: Fields, act: Act) -> None:
    desk_actions.accept(dossier_id, act)


def _refuse(dossier_id: str, form: Fields, act: Act) -> None:
    said = asked_as(asked.Refusing, {"reason": form["reason"], "legal_basis": form["legal_basis"]})
    desk_actions.refuse(dossier_id, said.reason, said.legal_basis, act)


def _claim(dossier_id: str, form: Fields, act: Act) -> None:
    desk_actions.assign(dossier_id, act.caller.subject, form["step"] or None, act)


def _assign(dossier_id: str, form: Fields, act: Act) -> None:
    said = asked_as(asked.Assignment, {"officer": form["officer"], "step": form["step"] or None})
    desk_actions.assign(dossier_id, said.officer, said.step, act)


def _begin_step(dossier_id: str, form: Fields, act: Act) -> None:
    """The dossier stays with whoever it is assigned to."""
    if not form["step"]:
        raise Invalid([NO_STEP])
    _assign(dossier_id, form, act)


def _ask_supplement(dossier_id: str, form: Fields, act: Act) -> None:
    items = supplement_items(form)
    said = asked_as(asked.SupplementAsked, {"items": items, "note": form["note"]})
    desk_actions.ask_supplement(dossier_id, [SupplementItem(**dict(each)) for each in said.items], said.note, act)


def _take_supplement(dossier_id: str, form: Fields, act: Act) -> None:
    """In the applicant's place, by the rules that hold for the applicant; the history says who did it."""
    found = supplying.opened(actions.look(dossier_id, act.caller))
    if found:
        supplying.hand_in(found, form, act)
    else:
        actions.answer_supplement(dossier_id, act)  # says why not


def supplement_items(form: Fields) -> list[dict[str, str]]:
    """What was ticked, each once with its reason: a phrase, the officer's own words, or both. Raises `Invalid`."""
    ticked = list(dict.fromkeys(form.all("items")))
    faults = [Fault(f"/reason.{each}", *no) for each in ticked if (no := _unsaid(form, each))]
    faults += [] if ticked else [NO_ITEM]
    if faults or not form["complete"]:
        raise Invalid(faults if form["complete"] else [*faults, NOT_LOOKED_THROUGH])
    return list(_items(form, ticked))


def _items(form: Fields, ticked: list[str]) -> Iterator[dict[str, str]]:
    for each in ticked:
        kind, _, name = each.partition(".")
        what = {"component": name} if kind == "c" else {"field": f"/{name.replace('.', '/')}"}
        yield {**what, "reason": _reason(form, each)}


def _unsaid(form: Fields, item: str) -> tuple[str, str, str] | None:
    """What its reason lacks."""
    reason = _reason(form, item)
    return NO_REASON if not reason else VAGUE if len(reason) < SHORTEST else None


def _reason(form: Fields, item: str) -> str:
    return " ".join(each for each in (form[f"phrase.{item}"], form[f"reason.{item}"]) if each)


def _suspend(dossier_id: str, form: Fields, act: Act) -> None:
    said = asked_as(asked.Suspension, {"cause": form["cause"], "reason": form["reason"]})
    desk_actions.suspend(dossier_id, said.cause, said.reason, act)


def _resume(dossier_id: str, form: Fields, act: Act) -> None:
    desk_actions.resume(dossier_id, act)


def _extend(dossier_id: str, form: Fields, act: Act) -> None:
    said = asked_as(asked.Extension, {"reason": form["reason"], "days": number(form["days"])})
    desk_actions.extend(dossier_id, said.reason, said.days, act)


def _apologise(dossier_id: str, form: Fields, act: Act) -> None:
    said = asked_as(asked.Apologising, {"reason": form["reason"], "promised_date": form["promised_date"]})
    desk_actions.apologise(dossier_id, said.reason, said.promised_date, act)


def _stop(dossier_id: str, form: Fields, act: Act) -> None:
    desk_actions.stop(dossier_id, asked_as(asked.Reason, {"reason": form["reason"]}).reason, act)


def _give_result(dossier_id: str, form: Fields, act: Act) -> None:
    facts = {"outcome": form["outcome"], "documents": form.all("documents"), "reason": form["reason"]}
    said = asked_as(asked.ResultGiven, {**facts, "finished": _finished(form)})
    result = Result(outcome=said.outcome, documents=tuple(said.documents), reason=said.reason, finished=said.finished)
    desk_actions.give_result(dossier_id, result, act)


def _finished(form: Fields) -> dict[str, Any] | None:
    """When the work was finished, if that was before now, and what proves it; times are of Vietnam."""
    names = ("finished.at", "finished.evidence.outage", "finished.evidence.document")
    if not any(form[name] for name in names):
        return None
    evidence = {name: form[f"finished.evidence.{name}"] or None for name in ("outage", "document")}
    return {"at": f"{form['finished.at']}:00+07:00", "evidence": evidence}


def _write_result(dossier_id: str, form: Fields, act: Act) -> None:
    writing.write(dossier_id, written(form), act)


def written(form: Fields) -> Said:
    """What an officer adds to a result's template."""
    texts = {name.removeprefix(TEXT): text for name, text in form.pairs if name.startswith(TEXT)}
    return asked_as(ResultWriting, {"template": form["template"] or None, "texts": texts}).said


def _return(dossier_id: str, form: Fields, act: Act) -> None:
    desk_actions.return_result(dossier_id, asked_as(asked.Returning, {"channel": form["channel"]}).channel, act)


def _post(dossier_id: str, form: Fields, act: Act) -> None:
    desk_actions.return_result(dossier_id, "post", act)


def _write(dossier_id: str, form: Fields, act: Act) -> None:
    actions.write(dossier_id, asked_as(asked.Message, {"text": form["text"]}).text, act)


def _take_money(dossier_id: str, form: Fields, act: Act) -> None:
    facts = {
        "amount": number(form["amount"]),
        "receipt_number": form["receipt_number"],
        "method": form["method"] or "cash",
    }
    said = asked_as(NewCounterPayment, facts)
    payments.counter_payment(dossier_id, said.amount, said.receipt_number, act.caller, act.at, act.once, said.method)


def number(given: str) -> int | str:
    """Digits as people group them (`20.000`); anything else is left for the model to refuse."""
    plain = given.replace(".", "").replace(" ", "").replace("\N{NO-BREAK SPACE}", "").removesuffix("₫")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 16 else given


DEEDS: Final[dict[str, Callable[[str, Fields, Act], None]]] = {
    "nop": _submit,
    "tiep-nhan": _accept,
    "tu-choi": _refuse,
    "nhan-viec": _claim,
    "phan-cong": _assign,
    "buoc": _begin_step,
    "bo-sung": _ask_supplement,
    "nhan-bo-sung": _take_supplement,
    "tam-dung": _suspend,
    "tiep-tuc": _resume,
    "gia-han": _extend,
    "thu-xin-loi": _apologise,
    "dung": _stop,
    WRITE: _write_result,
    "trinh": _give_result,
    "quyet-dinh": _give_result,
    "tra": _return,
    "gui-buu-dien": _post,
    "nhan-tin": _write,
    "thu-tien": _take_money,
}
