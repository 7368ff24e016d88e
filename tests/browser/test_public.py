"""What anyone does without an account: find a procedure, read it, follow a dossier, check a paper."""

from typing import Any

import pytest

from tests.browser.conftest import Street
from tests.browser.window import weight

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
PROCEDURE, ITS_NAME = "1.005136", "Cấp Giấy xác nhận có quốc tịch Việt Nam"
LARGEST_FIRST_VISIT, LARGEST_PAGE = 60 * 1024, 100 * 1024


@pytest.mark.parametrize("path", ["/", "/tim?q=khai+sinh", f"/thu-tuc/{PROCEDURE}", "/tra-cuu", "/linh-vuc"])
def test_a_first_visit_is_light(street: Street, path: str) -> None:
    window = street.window(phone=True, slow=True)
    came: list[Any] = []
    window.page.on("response", lambda answer: came.append(answer))
    window.open(path)

    plain, gzipped = weight(came)
    assert len(came) <= 6
    assert gzipped <= LARGEST_FIRST_VISIT
    assert plain <= LARGEST_PAGE
