"""Many papers bound into one file to print: each as it is kept, one after the other. Makes nothing of its own."""

import io
from collections.abc import Mapping
from datetime import datetime

from chalicelib.history.rules import digest
from chalicelib.papers import files
from chalicelib.papers.actions import PDF, Handed
from chalicelib.papers.files import LIFETIME


def bound(papers: Mapping[str, bytes], now: datetime) -> Handed:
    """A link to one PDF of these, by their ids; the same papers in the same order are the same file for a day."""
    key = f"prints/{digest(list(papers))[:32]}.pdf"
    if not files.is_kept(key):
        files.keep(key, _merged(papers), PDF)
    return Handed(files.link(key, PDF, f"in-{len(papers)}.pdf", "inline"), now + LIFETIME, "")


def _merged(papers: Mapping[str, bytes]) -> bytes:
    from pypdf import PdfWriter  # a fifth of a second, for those who print

    made, whole = io.BytesIO(), PdfWriter()
    for each in papers.values():
        whole.append(io.BytesIO(each), import_outline=False)
    whole.write(made)
    return made.getvalue()
