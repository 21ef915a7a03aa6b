"""A real network camera on the loopback: JPEG pictures over HTTP. It can fall silent, die, come back and misbehave."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .videos import numbered_picture

_LONGEST_LIFE_S = 60.0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, camera: "NetworkCamera") -> None:
        self.camera = camera
        self.dying = threading.Event()
        super().__init__(("127.0.0.1", port), _Stream)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A viewer that hangs up is nothing to report."""


class _Stream(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        camera, end = self.server.camera, time.monotonic() + _LONGEST_LIFE_S
        camera.viewers += 1
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        part = 0
        while not self.server.dying.is_set() and time.monotonic() < end:
            if camera.talking.is_set():
                part += 1
                sent = camera.part(part)
                if sent is None:
                    return
                self.wfile.write(sent)
                self.wfile.flush()
            self.server.dying.wait(1 / camera.fps)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def as_part(content: bytes, *, length: int | None = None) -> bytes:
    """One part of the stream; ``length`` is what it says of itself where that is not the truth."""
    said = len(content) if length is None else length
    return f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {said}\r\n\r\n".encode() + content + b"\r\n"


class NetworkCamera:
    """``url`` keeps its port over a restart; pictures carry the time since the start, in frames, modulo 256.

    ``picture`` draws the next one, ``spoil`` makes the bytes of a viewer's n-th part (from 1) out of its JPEG, None
    closes the connection.
    """

    def __init__(self, fps: float = 30.0) -> None:
        self.fps = fps
        self.picture: Callable[[], NDArray[np.uint8]] = lambda: numbered_picture(self.number())
        self.spoil: Callable[[int, bytes], bytes | None] = lambda number, jpeg: as_part(jpeg)
        self.viewers = 0
        self.talking = threading.Event()
        self.talking.set()
        self._born = time.monotonic()
        self._port = 0
        self._server: _Server | None = None
        self.plug_in()

    @property
    def url(self) -> str:
        return f"http://driver:s3cret@127.0.0.1:{self._port}/video?token=s3cret"

    def part(self, number: int) -> bytes | None:
        return self.spoil(number, cv2.imencode(".jpg", self.picture())[1].tobytes())

    def number(self) -> int:
        return int((time.monotonic() - self._born) * self.fps) % 256

    def plug_in(self) -> None:
        self._server = _Server(self._port, self)
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def pull_the_plug(self) -> None:
        if self._server is not None:
            self._server.dying.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None
