import pytest

from chalicelib.payments.conditions import BadReturnUrl, require_return_url


@pytest.mark.parametrize(
    "url",
    [
        "https://dvc.example.vn/tro-ve",
        "https://dvc.example.vn:8443/a?b=%C3%A9&c=1#d",
        "https://[2001:db8::1]/x",
    ],
)
def test_a_complete_https_address_is_a_way_back(url: str) -> None:
    require_return_url(url, local=False)
    require_return_url(url, local=True)


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
