"""Whether a province's own words may be the notice that does for every procedure. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from chalicelib.catalogue import result_templates
from chalicelib.catalogue.result_templates import ResultTemplate
from chalicelib.papers.lint import hard_coded
from chalicelib.refusals import Fault
from chalicelib.wordings.grammar import fault

# What stands below the title, and what the notice says; title, numbers and what officers add are the service's.
SUBJECT, BODY = "subject", "body"
LONGEST: Final = {SUBJECT: 300, BODY: 8000}
Parts = Mapping[str, str]


def worded(shipped: ResultTemplate, parts: Parts) -> ResultTemplate:
    return shipped.model_copy(update={name: parts[name] for name in (SUBJECT, BODY) if name in parts})


def faults(shipped: ResultTemplate, parts: Parts, names: Collection[str] = ()) -> list[Fault]:
    """Everything wrong; empty for what may be kept. `names`: those of agencies, which may not stand in it."""
    found = [each for part, text in parts.items() for each in _written(part, text, names)]
    return found or list(result_templates.faults(worded(shipped, parts), {}))


def _written(part: str, text: str, names: Collection[str]) -> Iterator[Fault]:
    if not text.strip():
        yield fault(part, "required", 0, "Hãy nhập nội dung.", "Give the text.")
    if len(text) > LONGEST[part]:
        yield fault(part, "too_long", 0, f"Tối đa {LONGEST[part]} ký tự.", f"At most {LONGEST[part]} characters.")
    if any(hard_coded(result_templates.PLACE.sub(" ", text), names)):
        vi = "Không ghi tên cơ quan hay địa danh: mẫu dùng cho mọi cơ quan của tỉnh, tên lấy từ danh mục."
        en = "No names of agencies or places: every agency of the province uses it; names come from the directory."
        yield fault(part, "names_somebody", 0, vi, en)
