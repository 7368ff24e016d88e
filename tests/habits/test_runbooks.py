"""For every alarm there is a page for whoever is woken by it, and what the page says to type exists."""

import re
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from ops import alarms
from ops.local.template import ROOT
from ops.permissions import declared

BOOKS = sorted((ROOT / alarms.RUNBOOKS).glob("*.md"))
PARTS = ["What it means.", "What to look at.", "What to do.", "It is over when"]
SCREEN = 40
STACK = "motcua-khanh-hoa"
# What the command line has beside the operations of its services.
TAIL = {"--since", "--filter-pattern", "--follow"}
EVERYWHERE = {"--query", "--output", "--region"}


def text(book: Path) -> str:
    return book.read_text(encoding="utf-8")


def commands(book: Path) -> list[str]:
    """Each `aws …` of the page, as one line: indented ones end with the line, quoted ones with the quote."""
    indented = re.findall(r"^    (aws .+)$", text(book), re.MULTILINE)
    return indented + [re.sub(r"\s+", " ", each) for each in re.findall(r"`(aws [^`]+)`", text(book))]


@cache
def options(service: str, operation: str) -> set[str] | None:
    """What an operation may be given; None if there is none of the name."""
    session = botocore.session.get_session()
    if service not in session.get_available_services():
        return None
    model = session.get_service_model(service)
    named = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in named:
        return None
    shape = model.operation_model(named[operation]).input_shape
    return {f"--{xform_name(name, '-')}" for name in (shape.members if shape else ())}


def test_every_alarm_has_a_runbook_and_every_runbook_an_alarm():
    assert [book.stem for book in BOOKS] == sorted(alarms.declared())


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_a_runbook_is_one_screen_of_four_parts(book):
    assert text(book).startswith(f"# {book.stem}\n")
    assert re.findall(r"^\*\*(.+?)\*\*", text(book), re.MULTILINE) == PARTS
    assert len(text(book).splitlines()) <= SCREEN


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_a_runbook_says_what_a_citizen_notices(book):
    meaning = text(book).partition("**What to look at.**")[0]

    assert "citizen" in meaning


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_every_command_exists_and_takes_what_it_is_given(book):
    assert commands(book) or "make " in text(book)
    for command in commands(book):
        _, service, operation, *rest = command.split()
        plain = re.sub(r"'[^']*'", "", " ".join(rest))
        given = set(re.findall(r"--[a-z-]+", plain)) - EVERYWHERE
        known = TAIL if (service, operation) == ("logs", "tail") else options(service, operation)
        assert known is not None, command
        assert given <= known, command


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_the_logs_named_are_those_of_the_stack(book):
    named = re.findall(rf"logs tail {STACK}/(\w+)", text(book))

    assert set(named) <= {"access", *declared()}
    assert re.findall(r"motcua-[a-z-]+", " ".join(commands(book))) == [STACK] * " ".join(commands(book)).count("motcua")


@pytest.mark.parametrize("name", [name for name, alarm in alarms.declared().items() if "lines" in alarm])
def test_what_an_alarm_counts_is_looked_at_as_it_counts_it(name):
    counted = alarms.declared()[name]["lines"]
    page = (ROOT / alarms.RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")
    looked = set(re.findall(rf"logs tail {STACK}/(\w+) --since \w+ --filter-pattern '(.+?)'\n", page))

    assert looked == {(function, " ".join(counted["pattern"].split())) for function in counted["logs"]}


def test_every_line_a_runbook_looks_for_is_logged():
    said = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "chalicelib").rglob("*.py"))
    wanted = {each for book in BOOKS for each in re.findall(r'\$\.message\s*= "([^"]+)"', text(book))}

    assert wanted
    assert {each for each in wanted if f'"{each}"' not in said} == set()


def test_every_page_and_resource_named_exists():
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "chalicelib").rglob("*.py"))
    for book in BOOKS:
        for address in re.findall(r"`(?:GET )?(/[a-z/-]+)`", text(book)):
            assert f'"{address}"' in source, (book.stem, address)
        for path in re.findall(r"`?((?:docs|chalicelib|\.chalice)/[\w/.-]*\w)", text(book)):
            assert (ROOT / path).exists(), (book.stem, path)
