import pytest
from pydantic import Field, ValidationError

from chalicelib.payments.conditions import BadReturnUrl, MoreThanRefundable, NotWhatYouBelieve, require_return_url
from chalicelib.web import Request
from chalicelib.web.faults import faults_of


@pytest.mark.parametrize(
    "url",
    [
        "https://dvc.example.vn/tro-ve",
        "https://dvc.example.vn:8443/a?b=%C3%A9&c=1#d",
        "https://[2001:db8::1]/x",
    ],
)
def test_a_complete_https_address_is_a_way_back(url: str) -> None:
    assert [require_return_url(url, local=local) for local in (False, True)] == [None, None]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/tro-ve", "http://localhost:8000/tro-ve", "http://[::1]:8000/tro-ve"]
)
def test_the_machine_itself_is_a_way_back_only_for_the_local_stack(url: str) -> None:
    require_return_url(url, local=True)
    with pytest.raises(BadReturnUrl):
        require_return_url(url, local=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://dvc.example.vn/tro-ve",
        "javascript:alert(1)//",
        "//dvc.example.vn/tro-ve",
        "/tro-ve-day",
        "https:///tro-ve",
        "https://user:pass@dvc.example.vn/",
        "https://@dvc.example.vn/x",
        "https://dvc.example.vn/a b",
        "https://dvc.example.vn/a\r\nb",
        "https://dvc.example.vn/về",
        "https://dvc.example.vn:port/",
        "https://[::1/tro-ve",
        "http://127.0.0.1.example.vn/",
        "ftp://127.0.0.1/tro-ve",
        "https://dvc.example.vn/" + "x" * 255,
    ],
)
def test_anything_else_is_refused_and_names_the_field(url: str) -> None:
    with pytest.raises(BadReturnUrl) as refused:
        require_return_url(url, local=True)

    assert [fault.pointer for fault in refused.value.faults] == ["/return_url"]


def test_sums_in_a_refusal_are_written_as_people_write_them() -> None:
    changed = NotWhatYouBelieve('"3"', 200_000, 1_500_000)
    (more,) = MoreThanRefundable.than(5_000).faults

    assert "200.000 đồng, không phải 1.500.000 đồng" in changed.told("vi")
    assert "VND 200,000, not VND 1,500,000" in changed.told("en")
    assert (more.vi, more.en) == ("Chỉ còn có thể hoàn 5.000 đồng.", "Only VND 5,000 can be refunded.")


class Summed(Request):
    amount: int = Field(le=100_000_000)
    copies: int = Field(le=1000)


def test_a_limit_that_is_a_sum_is_written_as_one() -> None:
    with pytest.raises(ValidationError) as wrong:
        Summed(amount=100_000_001, copies=1001)

    sum_, copies = faults_of(wrong.value)
    assert (sum_.vi, sum_.en) == ("Giá trị không được quá 100.000.000.", "This must be 100,000,000 or less.")
    assert copies.vi == "Giá trị không được quá 1000."
