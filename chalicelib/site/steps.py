"""The steps of a filing, one thing a page, and where each stands. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from chalicelib.catalogue.rules import Procedure
from chalicelib.refusals import Fault, Language
from chalicelib.site.questions import WHOLE, Question, at, questions
from chalicelib.site.wording import WANTED, said

APPLICANT: Final = ("nguoi-nop", "Người nộp hồ sơ", "Who applies")
OWNER: Final = ("chu-ho-so", "Chủ hồ sơ", "Whose dossier it is")
PAPERS: Final = ("giay-to", "Giấy tờ kèm theo", "Papers")
DELIVERY: Final = ("nhan-ket-qua", "Nhận kết quả", "How the result comes")
REVIEW: Final = ("xem-lai", "Xem lại và nộp", "Check and submit")


class Step(NamedTuple):
    """`path` comes after the dossier's address. `names`: the form's top-level properties it asks for."""

    path: str
    title: str
    names: tuple[str, ...] = ()
    area: str = "form"  # the first part of the pointers of its faults


def parts(asked: Sequence[Question]) -> list[tuple[str, ...]]:
    """Which questions share a page: a group or a list has its own, short ones in a row stand together."""
    pages: list[tuple[str, ...]] = []
    together = False
    for each in asked:
        name = each.name.removeprefix("form.")
        if together and each.kind not in WHOLE:
            pages[-1] = (*pages[-1], name)
        else:
            pages.append((name,))
        together = each.kind not in WHOLE
    return pages


def form_steps(schema: Mapping[str, Any], form: Mapping[str, Any], language: Language) -> list[Step]:
    """Numbered alike whatever the answers are; those with nothing to ask now are left out."""
    asked = questions(schema, form, language)
    by_name = {each.name.removeprefix("form."): each for each in asked}
    whole = str(schema.get("title" if language == "vi" else "x-title-en") or schema.get("title") or "")
    made = []
    for number, names in enumerate(parts(asked), 1):
        if any(by_name[name].asked for name in names):
            title = by_name[names[0]].label if len(names) == 1 else whole
            made.append(Step(f"to-khai/{number}", title, names))
    return made


def steps(procedure: Procedure, form: Mapping[str, Any], language: Language, *, owner: bool = False) -> list[Step]:
    """`owner`: it is filed for somebody else, who has a step of their own."""
    say = 1 if language == "vi" else 2
    papers = [Step(PAPERS[0], PAPERS[say], area="documents")] if procedure.components else []
    return [
        Step(APPLICANT[0], APPLICANT[say], area="applicant"),
        *([Step(OWNER[0], OWNER[say], area="owner")] if owner else []),
        *form_steps(procedure.form, form, language),
        *papers,
        Step(DELIVERY[0], DELIVERY[say], area="delivery"),
        Step(REVIEW[0], REVIEW[say], area="review"),
    ]


def neighbours(all_steps: Sequence[Step], path: str) -> tuple[Step | None, Step]:
    """The step before and the one after; of a step that is asked no more, the last one."""
    place = next((n for n, each in enumerate(all_steps) if each.path == path), len(all_steps) - 1)
    return all_steps[place - 1] if place else None, all_steps[min(place + 1, len(all_steps) - 1)]


def step_of(fault: Fault, all_steps: Sequence[Step]) -> Step:
    """Where the fault is put right."""
    area, _, rest = fault.pointer.strip("/").partition("/")
    name = rest.split("/")[0]
    return next(
        (each for each in all_steps if each.area == area and (not each.names or name in each.names)), all_steps[0]
    )


def faults_of(step: Step, faults: Sequence[Fault]) -> list[Fault]:
    """Those of the questions of this step."""
    inside = tuple(f"/{step.area}/{name}" for name in step.names) if step.names else (f"/{step.area}",)
    return [each for each in faults if any(each.pointer == at or each.pointer.startswith(f"{at}/") for at in inside)]


def named(faults: Sequence[Fault], asked: Sequence[Question], language: Language) -> list[Fault]:
    """Each told with the label of its question, for a list apart from the questions; told once for each place.

    What is of the wrong form is told by what is wanted, or with the question's hint, in Vietnamese as the form is.
    """
    told: dict[str, Fault] = {}
    for fault in faults:
        question = at(asked, fault.pointer.strip("/").replace("/", "."))
        words = f"{question.label}: {_told(fault, question, language)}" if question else fault.told(language)
        told.setdefault(fault.pointer, fault._replace(vi=words, en=words))
    return list(told.values())


def _told(fault: Fault, question: Question, language: Language) -> str:
    if fault.code not in ("wrong_form", "wrong_type"):
        return fault.told(language)
    if question.kind in WANTED:
        return said(WANTED[question.kind], language)
    return f"{fault.told(language)} {question.hint}".strip() if language == "vi" else fault.told(language)
