"""HTTP of the local stack: Chalice's development server over the same handlers, without its stall and its own words."""

import contextlib
import sys
from http.server import HTTPServer
from typing import Any, Final

from chalice import Chalice
from chalice.config import Config
from chalice.local import (
    ChaliceRequestHandler,
    ForbiddenError,
    LocalChalice,
    LocalDevServer,
    LocalGatewayException,
    ThreadedHTTPServer,
)

from chalicelib.web.call import language_of
from chalicelib.web.problems import framework_problem
from ops.local.cloud import LOOPBACK
from ops.local.data import Unusable
from ops.local.pages import Pages
from ops.local.template import page_of_no_address

LARGEST: Final = 10 * 1024 * 1024  # what the API gateway takes


class Server(ThreadedHTTPServer):
    request_queue_size = 128
    pages: Pages | None = None

    def handle_error(self, *_: Any) -> None:
        """A client that went away is no news; anything else is told without its data."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            print(f"http: {type(error).__name__}", file=sys.stderr)


class Handler(ChaliceRequestHandler):
    disable_nagle_algorithm = True  # with Chalice's unbuffered writes, each answer on a kept connection waits 40 ms
    wbufsize = -1
    timeout = 60
    server: Server

    def handle_one_request(self) -> None:
        super().handle_one_request()
        with contextlib.suppress(OSError, ValueError):
            self.wfile.flush()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):  # every method reaches the app, which knows what to say of it
            return self._generic_handle
        raise AttributeError(name)

    def _generic_handle(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit() or int(length) > LARGEST:
            self.close_connection = True  # what is left unread would be taken for the next request
            return self._problem(413 if length.isdigit() and int(length) > LARGEST else 400)
        if self.server.pages and (self.path == "/_local" or self.path.startswith("/_local/")):
            return self._local(self.server.pages)
        try:
            return super()._generic_handle()
        except (OSError, LocalGatewayException):
            raise
        except Exception as error:  # noqa: BLE001 - the last resort of a server that must go on
            print(f"http: {type(error).__name__} while answering", file=sys.stderr)
            return self._problem(500)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle  # noqa: N815

    def _send_error_response(self, error: LocalGatewayException) -> None:
        """The gateway's own "no": its 403 for an address it does not know is our 404, to a browser a page."""
        if isinstance(error, ForbiddenError) and "text/html" in self.headers.get("Accept", ""):
            self._send_http_response(404, {"Content-Type": "text/html"}, page_of_no_address())
        else:
            self._problem(404 if isinstance(error, ForbiddenError) else error.CODE)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server refuses by itself: a request line or headers that are none."""
        self.close_connection = True
        self.requestline = getattr(self, "requestline", "")
        self.request_version = "HTTP/1.1"  # an answer to what http.server takes for HTTP/0.9 would have no status
        self._problem(400 if code != 431 else 413)

    def _problem(self, status: int) -> None:
        accepted = self.headers.get("Accept-Language", "") if getattr(self, "headers", None) else ""
        answer = framework_problem(status, language_of(accepted)).to_dict()
        self._send_http_response(status, dict(answer["headers"]), answer["body"])

    def _send_http_response_with_body(self, code: int, headers: dict[str, Any], body: str | bytes) -> None:
        if self.command == "HEAD":  # a body here would be read as the beginning of the next answer
            self._send_http_response_no_body(code, headers)
            return
        super()._send_http_response_with_body(code, headers, body)

    def _local(self, pages: Pages) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        named = {name.lower(): value for name, value in self.headers.items()}
        shown = pages.answer(self.command, self.path, named, body)
        headers = {"Content-Type": shown.content_type} | ({"Location": shown.location} if shown.location else {})
        self._send_http_response(shown.status, headers, shown.body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Without the query, which may hold what is nobody's business."""
        print(f"{self.command or '-'} {self.path.split('?')[0] if self.command else '-'} {int(code)}", flush=True)

    def log_message(self, *_: Any) -> None:
        return


def listening(app: Chalice, port: int, pages: Pages | None = None) -> HTTPServer:
    """Bound to loopback, and ready for `serve_forever`. Without `pages`, nothing is simulated."""
    # Chalice's local app keeps each thread's request apart; ours says no in problem documents. Both are needed.
    app.__class__ = type("LocalApp", (LocalChalice, type(app)), {})
    config = Config(
        chalice_stage="local", config_from_disk={"stages": {"local": {}}}, user_provided_params={"chalice_app": app}
    )
    try:
        server = LocalDevServer(app, config, LOOPBACK, port, handler_cls=Handler, server_cls=Server).server
    except OSError:
        raise Unusable(f"Port {port} is in use: choose another with PORT=.") from None
    server.pages = pages
    assert isinstance(server, HTTPServer)  # noqa: S101
    return server
