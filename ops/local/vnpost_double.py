"""A carrier on loopback: VNPost's API over TLS, with its memory, and switches for what goes wrong in the world."""

import json
import ssl
import threading
import time
from base64 import b64decode
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Literal, Self
from urllib.parse import parse_qsl, urlsplit

import trustme

from chalicelib.postal.s10 import check_digit

Fault = Literal["refuse", "error", "hang", "lose", "garbage"]
DELIVERED: Final = 4
JOURNEY: Final = (1, 2, DELIVERED)  # the double's own codes; only 4 is known of the real carrier
HANG_SECONDS: Final = 30


class VnpostDouble:
    """Start it, take `url` and `ca_file`, stop it; or use it in a `with`.

    `break_next("/order", "lose")` makes the next such call fail: `refuse` (400), `error` (500), `hang` (no answer in
    time), `lose` (the effect happens, the connection drops), `garbage` (200, not JSON). Faults queue up per path.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        key: str = "local-key",
        secret: str = "local-secret",  # noqa: S107 - opens nothing but this double
        customer_code: str = "LOCAL",
        moves_by_itself: bool = False,
    ) -> None:
        self.key, self.secret, self.customer_code = key, secret, customer_code
        self.moves_by_itself = moves_by_itself  # every look at the tracking moves each parcel one step on
        self.takes_duplicates = False
        self.clock: Callable[[], datetime] = lambda: datetime.fromtimestamp(time.time()).astimezone()
        self.names_items_at_once = True  # else the item's code appears with its first event after the order
        self.orders: dict[str, dict[str, Any]] = {}
        self.documents: list[dict[str, Any]] = []
        self.placed: list[str] = []  # every order that had an effect, in order; a doubled parcel shows twice
        self.events: list[dict[str, Any]] = []
        self.calls: Counter[str] = Counter()
        self._tokens: set[str] = set()
        self._faults: dict[str, deque[Fault]] = {}
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self.ca_file = folder / "vnpost-ca.pem"
        self._server = self._listening(folder, port)
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"

    def _listening(self, folder: Path, port: int) -> ThreadingHTTPServer:
        folder.mkdir(parents=True, exist_ok=True)
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.ca_file))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
        server = _Server(("127.0.0.1", port), _handler(self))
        server.context = context
        return server

    def start(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    __enter__ = start

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def keys(self) -> dict[str, str]:
        """What `settings.secret("vnpost")` holds for this carrier."""
        return {
            "key": self.key,
            "secret": self.secret,
            "customer_code": self.customer_code,
            "webhook_secret": "local-webhook-secret",
            "sender_address": "Số 1 Trần Phú, Nha Trang, Khánh Hòa",
            "sender_phone": "+842583000000",
            "sender_province": "56",
        }

    def break_next(self, path: str, *faults: Fault) -> None:
        with self._lock:
            self._faults.setdefault(path, deque()).extend(faults)

    def happened(self, order_number: str, status: int, at: datetime, item_code: str = "") -> str:
        """The parcel moved: one more entry of the tracking list. Answers its id."""
        with self._lock:
            order = self.orders.setdefault(order_number, {})
            named = item_code or order.setdefault("ItemCode", _item_code(len(self.orders)))
            entry = {
                "_id": {"$oid": f"{int(at.timestamp()):08x}{len(self.events) + 1:016x}"},
                "CustomerCode": self.customer_code,
                "OrderNumber": order_number,
                "EventTime": int(at.timestamp() * 1000),
                "POSID": "650000",
                "ItemCode": named,
                "StatusCode": status,
                "StatusMessage": {1: "Đã nhận đơn", 2: "Đang vận chuyển", 4: "Phát thành công"}.get(status, "Khác"),
                "Notes": "",
            }
            self.events.append(entry)
            return str(entry["_id"]["$oid"])  # type: ignore[index]

    # What the wire asks for; each answers (HTTP status, body).

    def token(self, authorization: str, form: dict[str, str]) -> tuple[int, object]:
        given = b64decode(authorization.removeprefix("Basic ")).decode() if authorization.startswith("Basic ") else ""
        if given != f"{self.key}:{self.secret}" or form.get("grant_type") != "client_credentials":
            return 401, {"error": "invalid_client"}
        token = f"token-{len(self._tokens) + 1}"
        self._tokens.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def knows(self, authorization: str) -> bool:
        return authorization.removeprefix("Bearer ") in self._tokens

    def forget_tokens(self) -> None:
        self._tokens.clear()

    def order(self, body: dict[str, Any], now: datetime) -> tuple[int, object]:
        number = body.get("OrderNumber")
        if not number or body.get("CustomerCode") != self.customer_code or not body.get("ReceiverAddress"):
            return 201, {"Status": "101", "Message": "Thiếu thông tin đơn hàng"}
        if number in self.orders and not self.takes_duplicates:
            return 201, {"Status": "102", "Message": "Số đơn hàng đã tồn tại"}
        self.placed.append(number)
        self.orders[number] = dict(body)
        if self.names_items_at_once:
            self.happened(number, JOURNEY[0], now)
        return 201, {"Status": "100", "Message": "OK"}

    def tracking(self, query: dict[str, str], now: datetime) -> tuple[int, object]:
        if self.moves_by_itself and "OrderNumber" not in query:
            self._move_on(now)
        after, size = query.get("lastId", ""), int(query.get("pagesize", "100"))
        wanted = query.get("OrderNumber")
        later = sorted(
            (e for e in self.events if e["_id"]["$oid"] > after and wanted in (None, e["OrderNumber"])),
            key=lambda e: str(e["_id"]["$oid"]),
        )
        docs = later[:size]
        pages = -(-len(later) // size)
        return 200, {"_size": len(later), "_total_pages": pages, "_returned": len(docs), "_embedded": {"rh:doc": docs}}

    def _move_on(self, now: datetime) -> None:
        for number in self.orders:
            reached = {event["StatusCode"] for event in self.events if event["OrderNumber"] == number}
            following = [step for step in JOURNEY if step not in reached]
            if following:
                self.happened(number, following[0], now)

    def answered(
        self, method: str, path: str, authorization: str, query: dict[str, str], body: bytes
    ) -> tuple[int, object] | None:
        """The answer, or None when the connection drops instead."""
        self.calls[path] += 1
        with self._lock:
            fault = self._faults[path].popleft() if self._faults.get(path) else None
        match fault:
            case "refuse":
                return 400, {"Status": "101", "Message": "Địa chỉ người nhận chưa đúng"}
            case "error":
                return 500, {"message": "internal error"}
            case "hang":
                self._stopping.wait(HANG_SECONDS)
                return None
            case "garbage":
                return 200, "<html>maintenance</html>"
        with self._lock:
            answer = self._effect(method, path, authorization, query, body)
        return None if fault == "lose" else answer

    def _effect(
        self, method: str, path: str, authorization: str, query: dict[str, str], body: bytes
    ) -> tuple[int, object]:
        now = self.clock()
        if (method, path) == ("POST", "/token"):
            return self.token(authorization, dict(parse_qsl(body.decode())))
        if not self.knows(authorization):
            return 401, {"message": "unauthorised"}
        match method, path:
            case "POST", "/order":
                return self.order(json.loads(body), now)
            case "GET", "/tracking":
                return self.tracking(query, now)
            case "POST", "/document":
                self.documents.append(json.loads(body))
                return 201, {"Status": "100", "Message": "OK"}
        return 404, {"message": "no such address"}


def _item_code(serial: int) -> str:
    digits = f"{serial:08d}"
    return f"EE{digits}{check_digit(digits)}VN"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    context: ssl.SSLContext

    def finish_request(self, request: Any, client_address: Any) -> None:
        """TLS is agreed in the connection's own thread, so that a client that walks away holds up nobody."""
        try:
            with self.context.wrap_socket(request, server_side=True) as wrapped:
                super().finish_request(wrapped, client_address)
        except OSError:
            return


def _handler(double: VnpostDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one segment: apart, the body waits 40 ms for an acknowledgement

        def log_message(self, *_: Any) -> None:
            return

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            where = urlsplit(self.path)
            answer = double.answered(
                self.command, where.path, self.headers.get("Authorization", ""), dict(parse_qsl(where.query)), body
            )
            if answer is None:
                self.close_connection = True
                return
            status, facts = answer
            text = facts.encode() if isinstance(facts, str) else json.dumps(facts, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = _serve  # noqa: N815 - named by http.server

    return Handler
