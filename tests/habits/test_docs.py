import re
from pathlib import Path

import pytest

from chalicelib.dossiers.life import NEXT, RUNNING, Stage
from chalicelib.history.rules import EventType
from chalicelib.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ADRS = sorted(path.name for path in (ROOT / "docs" / "adr").glob("*.md"))
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
PICTURE = re.search(r"```\n(app\.py .*?)```", README, re.DOTALL)[1]
DIAGRAM = re.search(r"```mermaid\n(.*?)```", README, re.DOTALL)[1]


def ignored() -> set[str]:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    return {line.removesuffix("/") for line in lines} | {".git"}


def folders_of(folder: Path) -> set[str]:
    found = {each for each in folder.iterdir() if each.is_dir() and each.name not in ignored()}
    return {each.name for each in found if any(file.is_file() and file.suffix != ".pyc" for file in each.rglob("*"))}


def pictured() -> set[str]:
    """The folders of the README's picture, as paths."""
    found, above = set(), ""
    for line in PICTURE.splitlines():
        places = re.match(r"(\s*)((?:[\w./]+/\s+)+)", line)
        if not places:
            continue
        for name in places[2].split():
            inside = bool(places[1]) and "/" not in name.rstrip("/")
            found.add(f"{above if inside else ''}{name}".rstrip("/"))
            above = above if places[1] else name
    return found


def drawn() -> set[tuple[str, str]]:
    """Every arrow of the README's diagram; `a & b -- why --> c` is two."""
    arrows = set()
    for line in DIAGRAM.splitlines():
        groups = [re.split(r"\s+&\s+", group.strip()) for group in re.split(r"\s(?:--\s[^>]+?\s)?-->\s", line)]
        for here, there in zip(groups, groups[1:], strict=False):
            arrows |= {(one, other) for one in here for other in there}
    return arrows


def lived() -> set[tuple[str, str]]:
    """Every way from one stage to another, as the code has it."""
    back = {Stage.SUPPLEMENT_REQUESTED: {Stage.SUBMITTED, Stage.PROCESSING}}
    arrows = set()
    for (stage, event), after in NEXT.items():
        there = {after} if after else back.get(stage, RUNNING)
        if event == EventType.SUSPENDED:
            there = {Stage.SUSPENDED, Stage.AWAITING_OBLIGATION}
        arrows |= {(stage.value, each.value) for each in there if each != stage}
    return arrows


def test_the_readme_fits_one_screen():
    assert len(README.splitlines()) <= 95


def test_the_diagram_is_the_life_of_a_dossier():
    assert drawn() == lived()


def test_the_picture_shows_exactly_the_folders_that_exist():
    inside = {f"{name}/{each}" for name in ("chalicelib", "docs", "ops") for each in folders_of(ROOT / name)}

    assert pictured() == folders_of(ROOT) | inside


def test_every_setting_stands_in_the_settings_table_and_nothing_else():
    listed = {
        name for row in re.findall(r"^\| (`.+?) \|", README, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }

    assert listed == {field.alias or name for name, field in Settings.model_fields.items()}


def test_every_make_target_the_pages_name_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        name for page in PAGES for name in re.findall(r"(?:`|^    |DATA=\w+ )make ([a-z]+)", page.read_text(), re.M)
    }

    assert named >= {"run", "test", "token", "credentials", "import"}
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_paths_named_in_decisions_exist():
    named = {path for name in ADRS for path in re.findall(r"`((?:chalicelib|ops)/[\w/.]+)`", adr(name))}

    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def adr(name: str) -> str:
    return (ROOT / "docs" / "adr" / name).read_text(encoding="utf-8")


def test_decisions_are_numbered_without_gaps():
    assert [int(name[:4]) for name in ADRS] == list(range(1, len(ADRS) + 1))


@pytest.mark.parametrize("name", ADRS)
def test_a_decision_is_one_page_of_four_parts(name):
    assert adr(name).startswith(f"# {int(name[:4])}. ")
    assert re.findall(r"^## (.+)$", adr(name), re.MULTILINE) == ["Status", "Context", "Decision", "Consequences"]
    assert len(adr(name).splitlines()) <= 60


def test_what_is_not_released_yet_is_told():
    assert re.search(r"^## \[Unreleased\]\n\n### \w+\n\n- ", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
