"""`python -m ops.lint_papers [agencies.json …]`: refuses templates of papers that would speak in another's name."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from chalicelib.dossiers.writing.general import ROOM as WRITING
from chalicelib.dossiers.writing.general import general
from chalicelib.dossiers.writing.rules import form_of
from chalicelib.papers.blocks import known_templates
from chalicelib.papers.forms import PaperKind, sets
from chalicelib.papers.lint import hard_coded, problems
from chalicelib.payments.receipts import papers as money_papers

SAMPLES: Final = Path(__file__).parent / "sample"


def names(paths: Sequence[Path]) -> list[str]:
    """The names of all agencies in the files."""
    told = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    return [agency["name"] for each in told for agency in each["agencies"]]


def found(known: Sequence[str]) -> Iterator[str]:
    for path, template in known_templates().items():
        for forms in sets():
            if template.kind in forms.forms:
                for problem in problems(template, forms.form(PaperKind(template.kind)), known):
                    yield f"{path} ({forms.code}): {problem}"
    for path, template in known_templates(money_papers.ROOM).items():
        for form in money_papers.forms():
            if template.kind == form.kind:
                for problem in problems(template, form, known):
                    yield f"{money_papers.ROOM} {path} ({form.title}): {problem}"
    yield from _written(known)


def _written(known: Sequence[str]) -> Iterator[str]:
    """Of the paper that a result is written on, and of the notice that does for every procedure."""
    for path, template in known_templates(WRITING).items():
        yield from (f"{WRITING} {path}: {problem}" for problem in problems(template, form_of(general()), known))
    yield from (f"{WRITING} general notice: {problem}" for problem in hard_coded(general().body, known))


def main(arguments: Sequence[str]) -> int:
    paths = [Path(each) for each in arguments] or sorted(SAMPLES.glob("*/agencies.json"))
    wrong = list(found(names(paths)))
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
