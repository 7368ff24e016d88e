"""What anyone does without an account: find a procedure, read it, follow a dossier, check a paper."""

from typing import Any

import pytest

from tests.browser.conftest import Street
from tests.browser.people import BINH
from tests.browser.window import weight

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
PROCEDURE, ITS_NAME = "1.005136", "Cấp Giấy xác nhận có quốc tịch Việt Nam ở trong nước"
FREE, ITS_AGENCY = "1.005092", "H32.09"
LARGEST_FIRST_VISIT, LARGEST_PAGE = 60 * 1024, 100 * 1024


@pytest.mark.parametrize("path", ["/", "/tim?q=khai+sinh", f"/thu-tuc/{PROCEDURE}", "/tra-cuu", "/linh-vuc"])
def test_a_first_visit_is_light(street: Street, path: str) -> None:
    window = street.window(phone=True, slow=True)
    came: list[Any] = []
    window.page.on("response", lambda answer: came.append(answer))
    window.open(path)

    plain, gzipped = weight(came)
    assert 2 <= len(came) <= 6
    assert 1024 < gzipped <= LARGEST_FIRST_VISIT
    assert plain <= LARGEST_PAGE


HEAVIEST = {
    "": ("/dang-nhap", "/kiem-tra/none", "/tim", "/tim?co-quan=H32.101", "/thu-tuc/1.001193"),
    "binh": ("/ho-so", "/nop/1.001612", "/nop/1.001612/nguoi-nop?co-quan=H32.102"),
    "an": ("/can-bo?hang=all&so=100", "/can-bo/quay/1.005136"),
    "quan": ("/can-bo/quan-tri", "/can-bo/quan-tri/co-quan", "/can-bo/quan-tri/mau"),
}


@pytest.mark.parametrize("who", HEAVIEST)
def test_nobodys_first_visit_to_any_page_is_heavy(street: Street, who: str) -> None:
    """Each in a browser that has nothing of ours yet but the sign-in: page, styles, scripts and pictures."""
    for path in HEAVIEST[who]:
        window = street.window(who)
        came: list[Any] = []
        window.page.on("response", lambda answer, came=came: came.append(answer))
        window.page.goto(window.origin + path)
        plain, gzipped = weight(came)

        assert len(came) >= 3, path
        assert (plain <= LARGEST_PAGE, gzipped <= LARGEST_FIRST_VISIT) == (True, True), (path, plain, gzipped)
        window.page.context.close()


def test_a_procedure_is_found_while_one_types(street: Street) -> None:
    window = street.window(phone=True, slow=True)
    window.open("/")
    window.page.get_by_label("Tìm thủ tục").press_sequentially("xac nhan co quoc tich", delay=30)
    window.page.locator(".found a", has_text=ITS_NAME).wait_for()
    window.look()
    window.press(ITS_NAME)

    assert window.path == f"/thu-tuc/{PROCEDURE}"
    assert window.shows("Cần chuẩn bị", "Bao nhiêu tiền", "100.000", "Nộp hồ sơ trực tuyến")


def test_what_is_typed_finds_nothing_and_says_so(street: Street) -> None:
    window = street.window()
    window.open("/")
    window.page.get_by_label("Tìm thủ tục").press_sequentially("qqqqqq xxxxxx")

    assert window.shows("Chưa tìm thấy thủ tục nào.")


def test_a_procedure_is_found_without_scripts_and_read_in_either_language(street: Street) -> None:
    window = street.window(phone=True, script=False)
    window.open("/")
    window.fill("Tìm thủ tục", "xac nhan co quoc tihc")
    window.press("Tìm")
    window.press(ITS_NAME)
    window.press("English")
    assert window.shows("What you need", "How much", "File online")
    window.press("Tiếng Việt")
    assert window.shows("Cần chuẩn bị")


def test_procedures_are_found_by_field_and_by_agency(street: Street) -> None:
    window = street.window(phone=True)
    window.open("/linh-vuc")
    window.press("Quốc tịch")
    window.press(ITS_NAME)
    window.press("Quốc tịch")  # back to the field
    window.open("/linh-vuc")
    window.press("Sở Tư pháp")
    assert window.shows(ITS_NAME)


def filed(street: Street) -> dict[str, Any]:
    """A dossier that costs nothing and needs no papers, accepted; with the token of its receipt."""
    binh, clerk = street.person("binh"), street.officer("clerk", ITS_AGENCY)
    form = binh.get(f"/procedures/{FREE}").body["form"]["examples"][0]
    delivery = {"channel": "online"}
    draft = binh.post("/dossiers", {"procedure": FREE, "applicant": BINH, "form": form, "delivery": delivery})
    dossier = binh.post(f"/dossiers/{draft.body['id']}/submission").body
    assert clerk.decide(dossier["id"], "acceptance").status == 200
    place = f"/dossiers/{dossier['id']}/papers"
    (receipt,) = [each for each in binh.get(place).body["items"] if each["kind"] == "receipt"]
    link = binh.get(f"{place}/{receipt['paper_id']}").body
    return {"code": dossier["code"], "paper": receipt["paper_id"], "token": link["token"]}


def test_a_dossier_is_followed_with_its_code_and_four_digits(street: Street) -> None:
    code = filed(street)["code"]
    window = street.window(phone=True)
    window.open("/tra-cuu")
    with window.answered(422):
        window.press("Xem hồ sơ")
    window.press_within("Hãy nhập mã hồ sơ")
    assert window.page.evaluate("document.activeElement.id") == "code"
    window.fill("Mã hồ sơ", code)
    window.fill("4 số cuối", "0000")
    with window.answered(404):
        window.press("Xem hồ sơ")
    assert window.page.get_by_label("Mã hồ sơ", exact=True).input_value() == code
    window.fill("4 số cuối", "3456")
    window.press("Xem hồ sơ")

    assert window.shows(code, "Đến lượt cơ quan", "chậm nhất")
    assert "3456" not in window.page.url
    window.page.get_by_text("Vì sao hẹn ngày này?").click()
    window.look()


def test_a_paper_is_genuine_until_it_is_revoked_and_a_forged_one_never(street: Street) -> None:
    paper = filed(street)
    window = street.window(phone=True)
    window.open(f"/kiem-tra/{paper['token']}")
    assert window.shows("Giấy thật và còn hiệu lực", paper["code"])

    clerk = street.officer("clerk", ITS_AGENCY)
    assert clerk.post(f"/papers/{paper['paper']}/revocation", {"reason": "Cấp nhầm ngày"}).status == 200
    window.open(f"/kiem-tra/{paper['token']}")
    assert window.shows("Giấy thật, nhưng đã bị thu hồi", "Cấp nhầm ngày")

    window.open(f"/kiem-tra/{paper['token'][:-8]}AAAAAAAA")
    assert window.shows("Không phải giấy của chúng tôi")
