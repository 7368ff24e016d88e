"""The process in which a stranger's PDF is read: bounded in time and memory, without a network library. Run by
`pdf_checks`, which hands it the bytes; nothing else imports it."""

import re
import resource
import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Final

READY: Final = b"ready\n"
MOST_SECONDS: Final = 15
MOST_MEMORY: Final = 768 * 1024 * 1024
# What pyHanko imports to fetch with. We fetch nothing: the package leaves them out, and nobody finds them here.
NOT_CARRIED: Final = ("aiohttp", "certifi")
OPTIONAL: Final = ("lxml", "oscrypto", "requests")


class Absent(ModuleType):
    """Stands where a library would, with classes of any name that can do nothing."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def main(now: str, roots_file: str) -> None:
    sys.modules.update({name: Absent(name) for name in NOT_CARRIED} | dict.fromkeys(OPTIONAL))  # type: ignore[arg-type]
    from asn1crypto import pem, x509

    from chalicelib.documents.pdf_checks import FOUND
    from chalicelib.documents.pdf_reading import signatures_in

    given = Path(roots_file).read_bytes() if roots_file else b""
    listed = pem.unarmor(given, multiple=True) if re.search(rb"^-----BEGIN ", given, re.MULTILINE) else ()
    roots = [x509.Certificate.load(each, strict=True) for _, _, each in listed]
    for bound, most in (
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(bound, (most, most))
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    found = signatures_in(sys.stdin.buffer.read(), roots, datetime.fromisoformat(now))
    sys.stdout.buffer.write(FOUND.dump_json(found))
