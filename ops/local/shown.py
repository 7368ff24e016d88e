"""How a page of the local stack looks: marked as a simulation, in Vietnamese and English."""

import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:0 auto 3rem;padding:0 1rem}
pre{white-space:pre-wrap} table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}
td,th{border-top:1px solid #ccc;padding:.4rem;text-align:left;vertical-align:top} .ref{overflow-wrap:anywhere}
small{color:#555} form{display:inline} button{font:inherit;padding:.2rem .6rem;margin:.1rem 0} dt{margin-top:.6rem}
.mark{background:#fe9;border:2px dashed #a60;padding:.5rem;margin:1rem 0}
input{font:inherit;width:100%;max-width:40rem;box-sizing:border-box}
"""
MARK: Final = (
    "<p class=mark><b>MÔ PHỎNG · SIMULATION.</b> Chỉ có trên máy này, không có tiền thật. · "
    "On this machine only, no real money. <a href=/_local/>Trang chính · Home</a></p>"
)


@dataclass(frozen=True)
class Shown:
    status: int
    body: str
    content_type: str = "text/html; charset=utf-8"
    location: str = ""


def page(title: str, content: str, status: int = 200) -> Shown:
    head = "<!doctype html><html lang=vi><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    head += "<link rel=icon href='data:,'>"
    name = html.escape(title)
    return Shown(status, f"{head}<title>{name} · mô phỏng</title><style>{STYLE}</style>{MARK}<h1>{name}</h1>{content}")


def as_json(facts: object) -> Shown:
    return Shown(200, json.dumps(facts, ensure_ascii=False), "application/json")


def elsewhere(address: str) -> Shown:
    return Shown(303, "", location=address)


def unknown() -> Shown:
    return page("Không có trang này · No such page", "", 404)


def text(words: object) -> str:
    return html.escape(str(words))


def dong(amount: int) -> str:
    return f"{amount:,} ₫".replace(",", ".")


def button(action: str, value: str, label: str) -> str:
    """One press, one form."""
    named = f"name=action value='{text(value)}'"
    return f"<form method=post action='{text(action)}'><button {named}>{text(label)}</button></form> "


def choices(offered: Mapping[str, tuple[str, str]], before: str = "") -> str:
    """The buttons of one form, each with what it leads to. `before`: the form's fields."""
    rows = (
        f"<dt><button name=action value='{text(value)}'>{text(label)}</button><dd><small>{text(note)}</small>"
        for value, (label, note) in offered.items()
    )
    return f"<form method=post>{before}<dl>{''.join(rows)}</dl></form>"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Of cells that are HTML already."""
    first = "".join(f"<th>{head}" for head in heads)
    return f"<table><tr>{first}{''.join('<tr>' + ''.join(f'<td>{cell}' for cell in row) for row in rows)}</table>"
