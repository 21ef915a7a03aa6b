"""A real network camera on the loopback: numbered JPEG pictures over HTTP, which can fall silent, die and come back."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2

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
        while not self.server.dying.is_set() and time.monotonic() < end:
            if camera.talking.is_set():
                picture = cv2.imencode(".jpg", numbered_picture(camera.number()))[1].tobytes()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
                self.wfile.write(head.encode() + picture + b"\r\n")
                self.wfile.flush()
            self.server.dying.wait(1 / camera.fps)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class NetworkCamera:
    """``url`` keeps its port over a restart; pictures carry the time since the start, in frames, modulo 256."""

    def __init__(self, fps: float = 30.0) -> None:
        self.fps = fps
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
