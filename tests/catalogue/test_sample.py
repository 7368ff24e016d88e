"""The sample province: every record keeps the catalogue's promises, and together they cover what it must do."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.catalogue.rules import Agency, Procedure, fees_due
from chalicelib.clock.rules import PauseCause

SAMPLE = Path(__file__).parents[2] / "ops" / "sample" / "khanh-hoa"
DIRECTORY = json.loads((SAMPLE / "agencies.json").read_text())
AGENCIES = [Agency.model_validate(record) for record in DIRECTORY["agencies"]]
FILES = sorted((SAMPLE / "procedures").glob("*.json"))
PROCEDURES = [Procedure.model_validate_json(file.read_text()) for file in FILES]
IN_FORCE = [procedure for procedure in PROCEDURES if procedure.status == "in_force"]

every_procedure = pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.code)


def form_validator(procedure: Procedure) -> Draft202012Validator:
    return Draft202012Validator(procedure.form, format_checker=Draft202012Validator.FORMAT_CHECKER)


def questions(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every question of a form, at any depth, by its name."""
    for group in (schema, *schema.get("$defs", {}).values()):
        for name, question in group.get("properties", {}).items():
            yield name, question
            yield from questions(question)
            yield from questions(question.get("items", {}))


def groups(schema: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a JSON Schema is any JSON
    """Every group of questions of a form, at any depth: what has a type object."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            yield schema
        for part in schema.values():
            yield from groups(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from groups(part)


def visit_reasons(procedure: Procedure) -> list[str]:
    """What makes a citizen come: filing, paying or proving who they are, fetching the result."""
    channels = procedure.channels
    costs = bool(procedure.fees or procedure.fee_notes)
    return [
        reason
        for reason, holds in {
            "filing": channels.submit == ("desk",),
            "presence": procedure.presence_required or (costs and "online" not in channels.pay),
            "fetching": channels.return_ == ("desk",),
        }.items()
        if holds
    ]


# --- agencies


def test_agency_codes_are_unique_and_every_parent_exists() -> None:
    codes = [agency.code for agency in AGENCIES]
    assert len(set(codes)) == len(codes)
    assert {agency.parent for agency in AGENCIES} - {None} <= set(codes)
    assert [agency.code for agency in AGENCIES if agency.level == "province"] == ["H32"]


def test_the_province_has_its_65_communes_and_says_that_its_local_codes_are_samples() -> None:
    assert Counter(agency.level for agency in AGENCIES)["commune"] == 65
    assert len({agency.name for agency in AGENCIES}) == len(AGENCIES)
    assert "giá trị mẫu" in DIRECTORY["note"]
    assert DIRECTORY["source"]


def test_all_text_is_nfc() -> None:
    for file in (SAMPLE / "agencies.json", *FILES):
        assert unicodedata.is_normalized("NFC", file.read_text()), file.name


# --- each procedure


def test_procedure_codes_are_unique_and_name_their_files() -> None:
    assert [procedure.code for procedure in PROCEDURES] == [file.stem for file in FILES]


@every_procedure
def test_its_agencies_exist(procedure: Procedure) -> None:
    assert set(procedure.agencies) <= {agency.code for agency in AGENCIES}
    assert len(set(procedure.agencies)) == len(procedure.agencies)


@every_procedure
def test_it_names_its_source_its_law_its_result_and_its_first_day(procedure: Procedure) -> None:
    assert procedure.code in procedure.source
    assert "Cơ sở dữ liệu quốc gia" in procedure.source
    assert procedure.legal_basis
    assert procedure.results
    assert procedure.steps
    assert procedure.valid_from.isoformat() >= "2025-07-01"
    assert procedure.processing or procedure.processing_note, "no deadline without a word about it"


@every_procedure
def test_its_components_and_fees_have_unique_codes(procedure: Procedure) -> None:
    for codes in ([part.code for part in procedure.components], [fee.code for fee in procedure.fees]):
        assert len(set(codes)) == len(codes)
    assert procedure.components
    assert all(part.original + part.copy_ > 0 for part in procedure.components)


@every_procedure
def test_its_form_is_a_valid_schema_that_says_so(procedure: Procedure) -> None:
    Draft202012Validator.check_schema(procedure.form)
    assert procedure.form["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert procedure.form["title"]
    assert procedure.form["description"]


@every_procedure
def test_every_example_is_a_valid_filing(procedure: Procedure) -> None:
    assert procedure.form["examples"]
    for example in procedure.form["examples"]:
        assert [error.message for error in form_validator(procedure).iter_errors(example)] == []


@every_procedure
def test_its_form_refuses_an_empty_filing_and_an_unknown_field(procedure: Procedure) -> None:
    assert not form_validator(procedure).is_valid({})
    assert not form_validator(procedure).is_valid({**procedure.form["examples"][0], "không có trong mẫu": 1})


@every_procedure
def test_a_filing_without_any_one_required_answer_is_refused(procedure: Procedure) -> None:
    for name in procedure.form["required"]:
        example = dict(procedure.form["examples"][0])
        del example[name]
        assert not form_validator(procedure).is_valid(example), name


@every_procedure
def test_every_question_has_a_title_in_both_languages(procedure: Procedure) -> None:
    for name, question in questions(procedure.form):
        shared = procedure.form["$defs"][question["$ref"].rsplit("/", 1)[1]] if "$ref" in question else {}
        told = shared | question
        assert told["title"], name
        assert told["x-title-en"], name
        assert all({"const", "title", "x-title-en"} <= set(choice) for choice in question.get("oneOf", ()))


@every_procedure
def test_every_group_of_questions_is_closed_and_requires_only_what_it_asks(procedure: Procedure) -> None:
    for group in groups(procedure.form):
        assert group["additionalProperties"] is False, group["title"]
        conditional = [rule["then"].get("required", ()) for rule in group.get("allOf", ())]
        for names in (group["required"], *conditional):
            assert set(names) <= set(group["properties"]), group["title"]


@every_procedure
def test_a_conditional_fee_asks_only_about_questions_of_the_form(procedure: Procedure) -> None:
    for fee in procedure.fees:
        if fee.when is not None:
            Draft202012Validator.check_schema(fee.when)
            assert set(fee.when["properties"]) <= set(procedure.form["properties"])
            assert fee.condition or fee.name


# --- lint: what contradicts itself


@every_procedure
def test_its_level_agrees_with_its_channels(procedure: Procedure) -> None:
    channels = procedure.channels
    costs = bool(procedure.fees)
    assert ("online" in channels.submit) == (procedure.level >= 3)
    assert procedure.service == {2: "information", 3: "partial", 4: "full"}[procedure.level]
    if procedure.level == 4:
        assert {"online", "post"} <= set(channels.return_)
        assert not costs or "online" in channels.pay, "a level 4 procedure with a fee is paid online"
        assert not procedure.presence_required
    else:
        assert "online" not in channels.pay
        assert "online" not in channels.return_
    assert bool(channels.pay) == bool(procedure.fees or procedure.fee_notes)


@every_procedure
def test_presence_is_not_asked_of_those_who_may_file_by_post(procedure: Procedure) -> None:
    assert not (procedure.presence_required and "post" in procedure.channels.submit)


@every_procedure
def test_its_visits_agree_with_presence_and_channels(procedure: Procedure) -> None:
    reasons = visit_reasons(procedure)
    assert (procedure.visits == 0) == (not reasons)
    assert procedure.visits <= len(reasons)


@every_procedure
def test_a_refusal_for_want_of_a_supplement_is_always_possible(procedure: Procedure) -> None:
    assert PauseCause.SUPPLEMENT in procedure.pauses


# --- all together


def test_the_sample_covers_what_the_service_must_be_able_to_do() -> None:
    assert len(IN_FORCE) >= 36
    assert len({procedure.field for procedure in IN_FORCE}) >= 10
    assert {procedure.level for procedure in IN_FORCE} == {2, 3, 4}
    assert {procedure.presence_required for procedure in IN_FORCE} == {True, False}
    assert {procedure.visits for procedure in IN_FORCE} == {0, 1, 2}
    units = {procedure.processing.unit.value if procedure.processing else None for procedure in IN_FORCE}
    assert units >= {"working_day", "calendar_day", "working_hour", None}
    assert {fee.kind for procedure in IN_FORCE for fee in procedure.fees} == {"phi", "le_phi"}
    assert {who for procedure in IN_FORCE for who in procedure.audience} == {"person", "organisation", "household"}
    assert sum(set(procedure.pauses) > {PauseCause.SUPPLEMENT} for procedure in IN_FORCE) >= 4
    assert sum(len(procedure.agencies) > 20 for procedure in IN_FORCE) >= 10
    assert [procedure.code for procedure in PROCEDURES if procedure.status == "abolished"] == ["2.000488"]


def test_the_sample_has_free_procedures_and_each_way_of_paying() -> None:
    charged = [procedure for procedure in IN_FORCE if procedure.fees]
    assert sum(not procedure.fees and not procedure.fee_notes for procedure in IN_FORCE) >= 5
    assert sum(procedure.level == 4 and procedure.fee_total > 0 for procedure in charged) >= 4
    assert sum(procedure.level == 4 and procedure.channels.pay == ("online",) for procedure in charged) >= 4
    assert sum(procedure.level == 3 and procedure.channels.pay == ("desk",) for procedure in charged) >= 4
    assert sum(any(fee.when for fee in procedure.fees) for procedure in charged) >= 2


def test_the_department_of_justice_has_a_full_online_procedure_with_a_fee() -> None:
    found = [p for p in IN_FORCE if p.agency == "H32.10" and p.level == 4 and p.fee_total > 0 and p.visits == 0]
    assert found


@pytest.mark.parametrize("procedure", [p for p in PROCEDURES if p.level == 4], ids=lambda procedure: procedure.code)
def test_the_ordinary_filing_online_pays_what_the_list_of_procedures_shows(procedure: Procedure) -> None:
    assert sum(fee.amount for fee in fees_due(procedure, procedure.form["examples"][0])) == procedure.fee_total


@pytest.mark.parametrize(
    ("code", "answers", "amount"),
    [
        ("1.001193", {"timing": "in_time"}, 0),
        ("1.001193", {"timing": "late"}, 8_000),
        ("2.000635", {"copies": 1}, 8_000),
        ("2.000635", {"copies": 5}, 40_000),
        ("1.004359", {"request": "new"}, 40_000),
        ("1.004359", {"request": "reissue"}, 20_000),
        ("2.000620", {"trader": "household", "area": "commune"}, 200_000),
        ("2.000620", {"trader": "company", "area": "ward"}, 1_200_000),
        ("2.001263", {"relation": "none", "remote_area": False}, 400_000),
        ("2.001263", {"relation": "step_parent", "remote_area": False}, 0),
        ("1.012783", {"reason": "worn"}, 50_000),
        ("1.012783", {"reason": "survey"}, 500_000),
        ("1.013225", {"kind": "house"}, 75_000),
        ("1.013225", {"kind": "works"}, 150_000),
        ("1.005136", {}, 100_000),
    ],
)
def test_a_filing_pays_what_its_answers_make_due(code: str, answers: dict[str, Any], amount: int) -> None:
    procedure = next(procedure for procedure in PROCEDURES if procedure.code == code)
    assert sum(fee.amount for fee in fees_due(procedure, {**procedure.form["examples"][0], **answers})) == amount


@pytest.mark.parametrize(
    ("code", "changes", "field"),
    [
        ("1.001193", {"timing": "late"}, "late_reason"),
        ("1.001193", {"late_reason": "Không cần"}, "late_reason"),
        ("1.004873", {"status": "divorced"}, "proof"),
        ("1.001612", {"founder": "family"}, "members"),
        ("1.013225", {"kind": "linear", "grade": "IV"}, "length_m"),
        ("1.014027", {"payment": "cash"}, "bank_account"),
        ("2.001263", {"married": False}, "adopters"),
        ("1.000894", {"wife_marriage_count": 2}, "previous_marriages_ended"),
    ],
)
def test_one_answer_makes_another_required_or_out_of_place(code: str, changes: dict[str, Any], field: str) -> None:
    procedure = next(procedure for procedure in PROCEDURES if procedure.code == code)
    errors = [*form_validator(procedure).iter_errors({**procedure.form["examples"][0], **changes})]
    assert errors
    assert any(field in error.message or field in error.absolute_path for error in errors)
