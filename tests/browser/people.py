"""Of what the browser's journeys are: a procedure of the sample province, and who applies."""

from typing import Any, Final

COPY: Final = "2.000635"
BINH: Final[dict[str, Any]] = {
    "kind": "person",
    "full_name": "Trần Thị Bình",
    "identity_number": "056190001234",
    "phone": "0905123456",
    "address": {"line": "12 Lê Lợi", "commune": "Phường Nha Trang", "province": "Khánh Hòa"},
}
