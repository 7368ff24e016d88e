"""Writes `docs/refusals.md`: every code the service says no with, its status and its words. Knows nothing by itself."""

import os
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ops.local.template import ROOT, stage_environment

if TYPE_CHECKING:
    from chalicelib.refusals import Refusal

PAGE: Final = ROOT / "docs" / "refusals.md"
HEAD: Final = """# What the service says no with

Made by `python -m ops.list_refusals` from the code's own refusals; do not edit. `code` is stable, the words may
improve; `{…}` is filled with the facts of the case. A 422 also lists every fault, each with its own pointer, code and
words. Which operation says what stands in `/openapi.json`.

| `code` | Status | Tiếng Việt | English |
|---|---|---|---|
"""
ELSEWHERE: Final = """
Listed by no operation:

| `code` | Where it is met |
|---|---|
"""
# What no operation lists, and why: a new refusal must be listed by its route, or stand here.
NOT_LISTED: Final = {
    "gone": "the kind; only its leaves are said",
    "pause_invalid": "the kind; only its leaves are said",
    "amendment_invalid": "the kind; only its leaves are said",
    "outage_invalid": "the kind; only its leaves are said",
    "cover_invalid": "the kind; only its leaves are said",
    "finish_invalid": "the kind; only its leaves are said",
    "clock_not_started": "a replayed history that cannot be; the table of a dossier's life refuses first",
    "clock_started_twice": "the same",
    "clock_finished": "the same",
    "clock_already_paused": "the same",
    "clock_not_paused": "the same",
    "calendar_day_ambiguous": "a calendar edition that contradicts itself",
    "published_meanwhile": "the import of procedures",
    "form_unusable": "the import of procedures",
    "result_template_unusable": "the import of procedures",
    "unreadable_record": "the import of procedures",
    "form_not_ours": "a page's form that is old, or not of this site",
    "account_barred": "signing in to the pages",
    "unknown_officer": "the administration's page of an officer",
    "bar_of_oneself": "the same",
    "barred_already": "the same",
    "unknown_agency": "the administration's pages of agencies",
    "agency_changed_meanwhile": "the same",
    "agency_in_use": "the same",
    "province_stays": "the same",
    "wording_changed_meanwhile": "the administration's pages of templates",
    "unknown_edition": "the same",
    "sign_in_failed": "signing in to the pages",
    "no_paper_yet": "a page's outcome for one of many dossiers to print",
    "paper_no_longer_stands": "the same",
    "upload_over": "a page's place to upload a file, used or expired",
    "payment_provider_not_found": "the address of a provider this province does not use",
}


class Said(NamedTuple):
    code: str
    status: int
    vi: str
    en: str

    @property
    def row(self) -> str:
        return f"| `{self.code}` | {self.status} | {self.vi} | {self.en} |\n"


def page() -> str:
    """The whole document, for the service as it is now."""
    rows = "".join(said.row for said in sorted(set(every()), key=lambda said: (said.status, said.code)))
    elsewhere = "".join(f"| `{code}` | {where} |\n" for code, where in NOT_LISTED.items())
    return HEAD + rows + ELSEWHERE + elsewhere


def every() -> Iterator[Said]:
    """Each refusal with a code, and what the edge says for the framework."""
    from chalicelib.web.problems import DETAILS, status_of

    for kind in kinds():
        yield Said(kind.code, status_of(kind), kind.vi, kind.en)
    known = {kind.code for kind in kinds()}
    for status, (code, vi, en) in DETAILS.items():
        if code not in known:
            yield Said(code, status, vi, en)


def kinds() -> "Iterator[type[Refusal]]":
    """Every class of refusal, once every module is known, whoever imports it."""
    import chalicelib
    from chalicelib.refusals import Refusal

    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        import_module(module.name)

    waiting = list(Refusal.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        yield kind


def main(out: Path = PAGE) -> None:
    os.environ.update({"AWS_DEFAULT_REGION": "ap-southeast-1", **stage_environment("local")})
    out.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
