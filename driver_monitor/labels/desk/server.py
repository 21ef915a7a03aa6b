"""The page's server: bound to this machine, open only to who knows the address with its token."""

import contextlib
import hmac
import json
import logging
import math
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from driver_monitor.closing import Closing
from driver_monitor.errors import DriverMonitorError
from driver_monitor.labels.desk.curves import stretch
from driver_monitor.labels.desk.keeper import ChangedElsewhereError, Edition, Keeper
from driver_monitor.labels.desk.page import Page, series
from driver_monitor.labels.desk.pictures import Pictures
from driver_monitor.labels.entries import MAX_BYTES, MAX_LABELS
from driver_monitor.labels.errors import LabelError
from driver_monitor.labels.label import Label

HOST: Final = "127.0.0.1"
_TIMEOUT_S: Final = 30.0  # for a request to arrive
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Answer:
    status: HTTPStatus
    kind: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def _json(data: Any, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(status, "application/json", json.dumps(data, allow_nan=False).encode())


def _refusal(status: HTTPStatus, sentence: str) -> Answer:
    return _json({"error": sentence}, status)


class _BadRequestError(Exception):
    """What the page sent cannot be meant."""


class Desk(Closing):
    """Serves one drive until it is closed. ``url`` is what to open."""

    def __init__(self, page: Page, keeper: Keeper, pictures: Pictures | None, port: int = 0) -> None:
        """``port`` 0: any free one. Raises DriverMonitorError where the port is taken."""
        self._page, self._keeper, self._pictures = page, keeper, pictures
        self.token = secrets.token_urlsafe(24)
        desk = self

        class Handler(_Handler):
            answer = staticmethod(desk._answer)

        try:
            self._server = _Server((HOST, port), Handler)
        except OSError as error:
            raise DriverMonitorError(
                f"port {port} cannot be used ({error.strerror or error}); leave --port out for a free one"
            ) from None
        self.port: Final[int] = self._server.server_address[1]
        self.url: Final = f"http://{HOST}:{self.port}/{self.token}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="label desk", daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        own = (f"{HOST}:{self.port}", f"localhost:{self.port}")
        if headers.get("host") not in own:
            return _refusal(HTTPStatus.FORBIDDEN, "this address is not the page's own")
        origin = headers.get("origin")
        if origin is not None and origin not in {f"http://{host}" for host in own}:
            return _refusal(HTTPStatus.FORBIDDEN, "requests of other pages are refused")
        parts = urlsplit(path)
        token, _, route = parts.path.removeprefix("/").partition("/")
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            return _refusal(HTTPStatus.NOT_FOUND, "open the address that 'driver-monitor label' printed")
        try:
            return self._routed(f"{method} {route}", {k: v[-1] for k, v in parse_qs(parts.query).items()}, body)
        except _BadRequestError as error:
            return _refusal(HTTPStatus.BAD_REQUEST, str(error))
        except DriverMonitorError as error:
            return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))

    def _routed(self, what: str, query: Mapping[str, str], body: bytes) -> Answer:
        match what:
            case "GET ":
                found = Answer(HTTPStatus.OK, "text/html; charset=utf-8", self._page.html, self._page.headers)
            case "GET labels":
                found = self._labels()
            case "GET version":
                found = _json({"version": self._keeper.version()})
            case "PUT labels":
                found = self._save(body)
            case "GET curves":
                first_s, last_s = _time(query, "first"), _time(query, "last")
                found = _json(stretch(self._page.course.timeline, series(), first_s, last_s))
            case "GET frame":
                found = self._frame(_time(query, "t"))
            case _:
                found = _refusal(HTTPStatus.NOT_FOUND, "there is nothing here")
        return found

    def _labels(self) -> Answer:
        try:
            return _json(_edition(self._keeper.read()))
        except LabelError as error:
            return _refusal(HTTPStatus.CONFLICT, str(error))

    def _save(self, body: bytes) -> Answer:
        labels, seen = _wanted(body)
        try:
            return _json(_edition(self._keeper.write(labels, seen)))
        except ChangedElsewhereError:
            return _refusal(HTTPStatus.CONFLICT, f"{self._keeper.path.name} was changed by another hand")

    def _frame(self, t_s: float) -> Answer:
        picture = self._pictures.at(t_s) if self._pictures else None
        if picture is None:
            return _refusal(HTTPStatus.NOT_FOUND, "no frame was recorded then")
        return Answer(HTTPStatus.OK, "image/jpeg", picture.jpeg, {"X-Time": f"{picture.t_s:.3f}"})


def _edition(edition: Edition) -> dict[str, Any]:
    return {"version": edition.version, "labels": [asdict(label) for label in edition.labels]}


def _wanted(body: bytes) -> tuple[list[Label], str]:
    """The labels the page wants to keep, and the version it has seen."""
    try:
        data = json.loads(body)
        rows, seen = data["labels"], data["version"]
        if not isinstance(rows, list) or not isinstance(seen, str) or len(rows) > MAX_LABELS:
            raise _BadRequestError("labels must be a list and version a word")
        return [
            Label(str(row["kind"]), float(row["start_s"]), float(row["end_s"]), row["value"], str(row["note"]))
            for row in rows
        ], seen
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _BadRequestError(f"not saved: {error}") from None


def _time(query: Mapping[str, str], name: str) -> float:
    try:
        t_s = float(query[name])
    except (KeyError, ValueError):
        raise _BadRequestError(f"{name} must be a time in seconds") from None
    if not math.isfinite(t_s):
        raise _BadRequestError(f"{name} must be a time in seconds")
    return t_s


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: set[Any] = set()
        super().__init__(address, handler)

    def get_request(self) -> tuple[Any, Any]:
        request, address = super().get_request()
        self._open.add(request)
        return request, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that browsers keep for later."""
        for request in list(self._open):
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def server_bind(self) -> None:
        """As HTTPServer does, but for asking a name server what this machine is called."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        _log.debug("a browser went away", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    """HTTP and nothing else; what to say is the desk's."""

    protocol_version = "HTTP/1.1"
    server_version = "driver-monitor"
    sys_version = ""
    timeout = _TIMEOUT_S
    answer: Callable[[str, str, Mapping[str, str], bytes], Answer]

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def do_GET(self) -> None:
        self._serve(b"")

    def do_PUT(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BYTES:
            self.close_connection = True
            self._send(_refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too much to be labels"))
            return
        self._serve(self.rfile.read(int(length)))

    def _serve(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.answer(self.command, self.path, headers, body))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        headers = {
            "Content-Type": answer.kind, "Content-Length": str(len(answer.body)), "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin", **answer.headers,
        }  # fmt: skip
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        _log.debug(format, *args)
