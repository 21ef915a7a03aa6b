"""Servers an MJPEG camera may have: ones that ask who is there, ones that send something else, none at all."""

import hashlib
import itertools
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import parse_http_list, parse_keqv_list

import cv2
import pytest

from driver_monitor.camera.errors import CameraError
from driver_monitor.camera.live import LiveCapture
from driver_monitor.camera.opencv_live import NetworkGrabber
from driver_monitor.config.camera import CameraConfig

from .network_camera import as_part
from .videos import RED, colour_at, numbered_picture, write_video

CONFIG = CameraConfig(open_timeout_s=2.0)
JPEG = cv2.imencode(".jpg", numbered_picture(7))[1].tobytes()


class Handler(BaseHTTPRequestHandler):
    """Ten pictures for whoever has the right password."""

    scheme = ""
    film: Path | None = None

    def do_GET(self) -> None:
        if self.path == "/nothing":
            self.send_error(404)
        elif self.film is not None:
            self._answer("video/mp4")
            self.wfile.write(self.film.read_bytes())
        elif self.scheme and not self._knows_the_password():
            self.send_response(401)
            ask = 'Basic realm="camera"' if self.scheme == "Basic" else 'Digest realm="camera", nonce="n1", qop="auth"'
            self.send_header("WWW-Authenticate", ask)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._answer("multipart/x-mixed-replace; boundary=frame")
            for _ in range(10):
                self.wfile.write(as_part(JPEG))

    def _answer(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()

    def _knows_the_password(self) -> bool:
        scheme, _, rest = self.headers.get("Authorization", "").partition(" ")
        if self.scheme == "Basic":
            return scheme == "Basic" and rest == b64encode(b"driver:p@ss/word").decode()
        if scheme != "Digest":
            return False
        said = parse_keqv_list(parse_http_list(rest))
        who, what = (hashlib.md5(text.encode()).hexdigest() for text in ("driver:camera:p@ss/word", f"GET:{self.path}"))
        proof = f"{who}:n1:{said['nc']}:{said['cnonce']}:auth:{what}"
        return said["response"] == hashlib.md5(proof.encode()).hexdigest()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(scheme: str = "", film: Path | None = None) -> Iterator[int]:
    """The port of a server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("H", (Handler,), {"scheme": scheme, "film": film}))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("scheme", ["", "Basic", "Digest"])
def test_user_and_password_are_given_to_a_camera_that_asks(scheme: str) -> None:
    with serving(scheme) as port:
        url = f"http://driver:p%40ss%2Fword@127.0.0.1:{port}/video"
        with LiveCapture(NetworkGrabber(url, CONFIG), CONFIG) as source:
            assert colour_at(next(iter(source)).image, 0.25, 0.25) == RED


@pytest.mark.parametrize(("user", "path"), [("driver:wrong@", "/video"), ("", "/video"), ("", "/nothing")])
def test_a_camera_that_refuses_is_one_clear_error_without_the_password(user: str, path: str) -> None:
    with serving("Digest") as port:
        url = f"http://{user}127.0.0.1:{port}{path}"
        with pytest.raises(CameraError, match=r"refuses \(40[14].*check the address, user and password") as caught:
            LiveCapture(NetworkGrabber(url, CONFIG), CONFIG)
        assert "wrong" not in str(caught.value)


def test_what_is_no_mjpeg_is_left_to_ffmpeg(tmp_path: Path) -> None:
    with (
        serving(film=write_video(tmp_path / "film.mp4", 30)) as port,
        LiveCapture(NetworkGrabber(f"http://127.0.0.1:{port}/film.mp4", CONFIG), CONFIG) as source,
    ):
        assert all(frame.image is not None for frame in itertools.islice(source, 3))
        assert source.mode.startswith("128 x 96 px at 30")
