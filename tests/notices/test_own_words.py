"""Letters in the province's own words: what may be kept, what is sent, and that nobody goes untold when words fail."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.history.once import Once
from chalicelib.history.rules import EventType as E
from chalicelib.notices import actions, judging, own_words, sample, wording
from chalicelib.notices.fact_words import FACTS
from chalicelib.notices.facts import facts_of
from chalicelib.notices.records import NoteItem
from chalicelib.notices.rules import LEASE, Notice, notice_of
from chalicelib.refusals import Language
from chalicelib.wordings import actions as wordings
from chalicelib.wordings.rules import SETTLES, Typed
from tests.notices.conftest import Post
from tests.notices.examples import DOSSIER, EXAMPLES, NOON, PAGE

HERE = (PAGE, "Khánh Hòa")
LANGUAGES: tuple[Language, ...] = ("vi", "en")
NAMES = (*Notice, "closing")
LATER = NOON + SETTLES
SUBJECT, BODY = (
    "Hồ sơ {{ code }} đã được tiếp nhận",
    "{% if due_at %}Hẹn {{ due_at|when }}.{% else %}Chưa hẹn.{% endif %}",
)


def keep(slug: str, parts: dict[str, str] | None, seen: int = 0) -> None:
    once = Once("officer:quan", f"{slug}{seen}", "f", NOON, 303, lambda _: ("/", None))
    wordings.keep(slug, Typed(parts, "QĐ 12"), seen, "quan", NOON, once)


def shipped(name: str, language: Language) -> dict[str, str]:
    return {part: wording.shipped(name, part, language) for part in judging.parts_of(name)}


def faults(name: str, parts: dict[str, str], language: Language = "vi") -> set[tuple[str, str]]:
    return {(each.pointer, each.code) for each in judging.faults(name, language, parts, *HERE)}


def notes() -> list[Any]:
    return list(NoteItem.query(f"D#{DOSSIER.id}", NoteItem.sk.startswith("NOTE#")))


def shape(value: Any) -> Any:
    return value if isinstance(value, bool) else bool(value)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda each: f"{each.type}-{len(str(each.data))}")
def test_the_sample_has_the_facts_of_every_letter_in_each_way_they_can_be(event: Any) -> None:
    notice = notice_of(event)
    assert notice
    dossier = DOSSIER.model_copy(update={"code": None}) if notice in sample.OF_DRAFTS else DOSSIER
    told = facts_of(notice, event, dossier, *HERE)
    ways = list(sample.variations(notice, "vi", *HERE))

    assert all(each.keys() == told.keys() for each in ways)
    assert set(FACTS) >= told.keys()
    for name, value in told.items():
        assert shape(value) in {shape(each[name]) for each in ways}, name
    assert {name: shape(value) for name, value in told.items()} in [
        {name: shape(value) for name, value in each.items()} for each in ways
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_words_typed_again_may_be_kept_and_read_the_same(name: str, language: Language) -> None:
    own = shipped(name, language)
    assert all(own.values())
    assert judging.faults(name, language, own, *HERE) == []
    for notice in judging.notices_of(name):
        for facts in sample.variations(notice, language, *HERE):
            assert wording.letter(notice, language, facts, own) == wording.letter(notice, language, facts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", Notice)
def test_a_letter_in_own_words_always_says_where_the_dossier_is_found(notice: Notice, language: Language) -> None:
    own = {"subject": "x", "body": "y", "closing": "z"}
    for facts in sample.variations(notice, language, *HERE):
        told = wording.letter(notice, language, facts, own).text
        assert (facts["code"] or PAGE) in told
        assert PAGE in told
        assert facts["procedure"] in told


def test_what_the_shipped_letter_tells_the_own_one_must_tell() -> None:
    assert faults("refused", {"body": "Lý do: {{ reason }}"}) == {("/body", "says_less")}
    (told,) = judging.faults("refused", "vi", {"body": "Lý do: {{ reason }}"}, *HERE)
    assert "{{ legal_basis }}" in told.vi
    assert faults("refused", {"body": "{{ reason }}\n{% if legal_basis %}{{ legal_basis }}{% endif %}"}) == set()
    assert faults("accepted", {"subject": SUBJECT, "body": BODY}) == set()
    assert faults("accepted", {"subject": SUBJECT, "body": "Hẹn {{ due_at|day }}"}) != set()
    assert faults("payment_received", {"body": "Đã nhận tiền.{% if too_much %} Thừa.{% endif %}"}) == {
        ("/body", "says_less")
    }
    assert (
        faults("supplement_requested", {"body": "{% for each in items %}{{ each.reason }}{% endfor %}{{ note }}"})
        != set()
    )
    assert faults("closing", {"closing": "Hotline 1022"}) == {("/closing", "says_less")}
    assert faults("closing", {"closing": "Hotline 1022, {{ province }}"}) == set()


@pytest.mark.parametrize(
    ("name", "parts", "told"),
    [
        ("accepted", {"body": ""}, ("/body", "required")),
        ("accepted", {"subject": "một\nhai"}, ("/subject", "one_line")),
        ("accepted", {"subject": "x" * 301}, ("/subject", "too_long")),
        ("accepted", {"subject": "{{ procedure }}" * 10}, ("/subject", "too_much")),
        ("accepted", {"body": "x" * 6_001}, ("/body", "too_long")),
        ("accepted", {"body": "Hẹn {{ due_at }}"}, ("/body", "not_text")),
        ("accepted", {"body": "Hẹn {{ due_at|when }}"}, ("/body", "not_text")),  # there may be no date
        ("accepted", {"body": "{{ reason }}"}, ("/body", "unknown_name")),  # of another letter
        ("accepted", {"body": "{% if due_at %}{{ due_at|when }}{% endif %}"}, ("/body", "empty")),
        ("closing", {"closing": "{{ due_at|when }} {{ province }}"}, ("/closing", "unknown_name")),
        ("closing", {"closing": "{{ code }} {{ province }}"}, ("/closing", "not_text")),  # a draft has none
        ("stopped", {"body": "{{ reason.__class__ }}"}, ("/body", "unknown_name")),
        ("stopped", {"body": "{% include 'v1/stopped.vi.txt' %}"}, ("/body", "not_allowed")),
        ("stopped", {"body": "{{ reason }}{% endblock %}{% block subject %}"}, ("/body", "syntax")),
        ("stopped", {"body": "{{ reason * 9999 }}"}, ("/body", "not_allowed")),
    ],
)
def test_words_that_would_fail_or_fool_somebody_are_refused(
    name: str, parts: dict[str, str], told: tuple[str, str]
) -> None:
    assert told in faults(name, parts)


def test_a_subject_stays_one_line_whatever_an_officer_wrote() -> None:
    facts = next(sample.variations(Notice.STOPPED, "vi", *HERE)) | {"reason": "một\nBcc: x@y.example"}
    letter = wording.letter(Notice.STOPPED, "vi", facts, {"subject": "Dừng: {{ reason }}", "body": "{{ reason }}"})
    assert letter.subject == "Dừng: một Bcc: x@y.example"


def test_own_words_are_text_in_the_letter_and_never_a_template_again() -> None:
    facts = next(sample.variations(Notice.STOPPED, "vi", *HERE)) | {"reason": "{{ 7 * 7 }}{% raw %}"}
    own = {"body": "<script>alert(1)</script> {{ reason }}"}
    assert "<script>alert(1)</script> {{ 7 * 7 }}{% raw %}" in wording.letter(Notice.STOPPED, "vi", facts, own).text


@pytest.mark.usefixtures("table")
class TestSending:
    def test_a_letter_goes_out_in_the_words_in_force_and_its_note_says_which(self, post: Post, filed: Any) -> None:
        dossier = filed(E.CREATED, E.SUBMITTED)
        actions.follow(DOSSIER.id, 2, NOON)
        keep("letter/accepted.vi", {"subject": SUBJECT, "body": BODY})
        keep("letter/closing.vi", {"closing": "Hotline 1022 – {{ province }}"})
        filed(E.ACCEPTED, before=dossier)
        actions.follow(DOSSIER.id, 3, LATER)

        assert [each.template for each in notes()] == ["v1/submitted.vi", "v1/accepted.vi+1+closing1"]
        (_, first, _), (_, second, _) = post.sent
        assert "Hotline" not in first.text
        assert second.text.startswith("Kính gửi Ông/Bà Trần Thị Ánh,\n\nHẹn 16:30 26/06/2026.\n\nThủ tục:")
        assert second.text.endswith("Hotline 1022 – Khánh Hòa\n")
        assert second.subject == f"Hồ sơ {DOSSIER.code} đã được tiếp nhận"

    def test_going_back_to_the_shipped_words_sends_them(self, post: Post, filed: Any) -> None:
        keep("letter/submitted.vi", {"subject": "Bản riêng {{ code }}"})
        keep("letter/submitted.vi", None, seen=1)
        filed(E.CREATED, E.SUBMITTED)
        actions.follow(DOSSIER.id, 2, NOON)
        assert [each.template for each in notes()] == ["v1/submitted.vi"]
        assert "Bản riêng" not in post.sent[0][1].subject

    @pytest.mark.parametrize(
        ("body", "why"),
        [
            ("{{ gone }}", "UndefinedError"),
            ("{{ reason", "TemplateSyntaxError"),
            ("{{ ''.__class__.__mro__ }}", "SecurityError"),
            ("{% for x in range(99999999999) %}{% endfor %}", "UndefinedError"),
            ("{% include 'v1/stopped.vi.txt' %}", "TypeError"),
            ("Hồ sơ đã dừng.", "reason"),
            ("x" * 12_001, "TooMuch"),
        ],
    )
    def test_when_own_words_fail_the_shipped_ones_are_sent_and_somebody_hears_of_it(
        self, post: Post, filed: Any, body: str, why: str, caplog: Any
    ) -> None:
        """Kept though no page would keep them: by an older release, or by hand."""
        keep("letter/stopped.vi", {"body": body})
        filed(E.CREATED, E.STOPPED)
        actions.follow(DOSSIER.id, 2, NOON)

        ((_, letter, _),) = post.sent
        assert "Người nộp không bổ sung đúng hạn." in letter.text
        assert [each.template for each in notes()] == ["v1/stopped.vi"]
        (record,) = [each for each in caplog.records if each.message == wordings.FAILED]
        assert (record.levelname, record.wording, record.why) == ("ERROR", "v1/stopped.vi+1", why)

    def test_a_failing_close_does_not_keep_the_letter_back(self, post: Post, filed: Any) -> None:
        keep("letter/closing.vi", {"closing": "{{ gone }}"})
        filed(E.CREATED, E.SUBMITTED)
        actions.follow(DOSSIER.id, 2, NOON)
        assert "Trân trọng" in post.sent[0][1].text

    def test_words_that_cannot_be_read_just_now_hold_the_letter_back_until_they_can(
        self, post: Post, filed: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from chalicelib.wordings import records

        filed(E.CREATED, E.SUBMITTED)
        with monkeypatch.context() as patched:
            patched.setattr(records, "current", lambda _: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                actions.follow(DOSSIER.id, 2, NOON)
        assert post.sent == []
        actions.follow(DOSSIER.id, 2, NOON)
        assert len(post.sent) == 1

    def test_what_was_sent_is_never_sent_again_in_other_words(self, post: Post, filed: Any) -> None:
        filed(E.CREATED, E.SUBMITTED)
        actions.follow(DOSSIER.id, 2, NOON)
        keep("letter/submitted.vi", {"subject": "Bản riêng {{ code }}"})
        for _ in range(3):
            actions.follow(DOSSIER.id, 2, LATER)
        assert len(post.sent) == 1
        assert [each.template for each in notes()] == ["v1/submitted.vi"]

    def test_a_second_try_after_a_death_notes_the_words_it_says(self, post: Post, filed: Any) -> None:
        filed(E.CREATED, E.SUBMITTED)
        post.after = [KeyboardInterrupt()]
        with pytest.raises(KeyboardInterrupt):
            actions.follow(DOSSIER.id, 2, NOON)
        keep("letter/submitted.vi", {"subject": "Bản riêng {{ code }}"})
        actions.follow(DOSSIER.id, 2, NOON + LEASE + timedelta(seconds=1))
        assert [each.template for each in notes()] == ["v1/submitted.vi+1"]
        assert post.sent[1][1].subject == f"Bản riêng {DOSSIER.code}"

    def test_many_letters_cost_two_reads_a_minute(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from chalicelib.wordings import records

        reads: list[str] = []
        monkeypatch.setattr(records, "current", reads.append)
        facts = next(sample.variations(Notice.STOPPED, "vi", *HERE))
        for second in range(59):
            own_words.letter(Notice.STOPPED, "vi", facts, NOON + timedelta(seconds=second))
        assert reads == ["letter/stopped.vi", "letter/closing.vi"]
