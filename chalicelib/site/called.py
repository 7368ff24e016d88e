"""What the papers, the questions and the parts of a dossier are called, by those who read of them. Pure."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from chalicelib.catalogue.form_words import Schema, label_at
from chalicelib.dossiers.rules import Dossier
from chalicelib.refusals import Language
from chalicelib.site import wording

PARTS: Final = {
    "applicant": ("Người nộp hồ sơ", "Applicant"),
    "owner": ("Chủ hồ sơ", "On behalf of"),
    "delivery": ("Nhận kết quả", "How the result comes"),
    "language": ("Ngôn ngữ", "Language"),
}


class Called(NamedTuple):
    """`form`: the schema of the procedure the dossier was filed under. `names`: of officers, by account."""

    dossier: Dossier
    form: Schema
    language: Language
    names: Mapping[str, str] = {}

    def officer(self, account: str) -> str:
        return self.names.get(account, account)

    def item(self, component: str | None, field: str | None) -> str:
        """Of a supplement: a component, or a pointer into the form."""
        if component:
            listed = self.dossier.procedure.components
            return listed[component].name if component in listed else component
        return label_at(self.form, field or "", self.language)

    def asked_for(self) -> list[tuple[str, str]]:
        """All that the open supplement asks for, each with the officer's words."""
        asked = self.dossier.supplement
        return [(self.item(each.component, each.field), each.reason) for each in asked.items] if asked else []

    def part(self, path: str) -> str:
        """What an edit changed: `form/purpose`, `delivery`."""
        if path.startswith("form/"):
            return label_at(self.form, path.removeprefix("form/"), self.language)
        return wording.said(PARTS[path], self.language) if path in PARTS else path
