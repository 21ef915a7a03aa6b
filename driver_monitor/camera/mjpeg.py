"""MJPEG over HTTP, read part by part: FFmpeg gives such a stream up at the first part that is not as it says."""

import ssl
from collections import deque
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, cast
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import (
    HTTPBasicAuthHandler,
    HTTPDigestAuthHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPPasswordMgrWithDefaultRealm,
    HTTPSHandler,
    OpenerDirector,
    Request,
    build_opener,
)

from numpy.typing import NDArray

from driver_monitor import __version__
from driver_monitor.camera.errors import BadFrameError, CameraError
from driver_monitor.camera.jpeg import JpegDecoder
from driver_monitor.camera.parts import Parts

_CHUNK_BYTES = 1024 * 1024
_BEHIND = 3  # frames waiting; where decoding is slower than the camera, the older ones are passed over


class NotMjpegError(Exception):
    """The address answers with something else, or in a way that only FFmpeg may understand."""


class MjpegStream:
    """One connection to an MJPEG camera. ``name`` is the address without the password."""

    def __init__(
        self, url: str, name: str, decoder: JpegDecoder, *, open_timeout_s: float, read_timeout_s: float
    ) -> None:
        """Connects. ``decoder`` knows the camera from its connections before.

        Raises NotMjpegError, or CameraError where nobody answers or access is refused.
        """
        self._name = name
        try:
            opener, bare_url = _opener(url, read_timeout_s)
            request = Request(bare_url, headers={"User-Agent": f"driver-monitor/{__version__}"})  # noqa: S310  (http or https)
            self._response = cast(HTTPResponse, opener.open(request, timeout=open_timeout_s))
        except HTTPError as error:
            error.close()
            raise CameraError(
                f"camera {name} refuses ({error.code} {error.reason}); check the address, user and password."
            ) from error
        except (HTTPException, ValueError) as error:
            raise NotMjpegError from error
        except OSError as error:
            raise CameraError(
                f"camera {name} does not answer or sends no video; check the address, user and password, and that it "
                "is on this network."
            ) from error
        if self._response.headers.get_content_maintype() != "multipart":
            self._response.close()
            raise NotMjpegError
        self._parts = Parts(str(self._response.headers.get_param("boundary", "")))
        self._waiting: deque[bytes] = deque(maxlen=_BEHIND)
        self._decoder = decoder

    def read(self) -> NDArray[Any]:
        """The next frame, BGR or grey. Raises BadFrameError for a part that is none, CameraError at the end."""
        while not self._waiting:
            try:
                data = self._response.read1(_CHUNK_BYTES)
            except TimeoutError as error:
                raise CameraError(f"camera {self._name} sends nothing; check its power and network.") from error
            except (OSError, HTTPException, ValueError) as error:
                raise CameraError(f"camera {self._name} broke the connection off; check its network.") from error
            if not data:
                raise CameraError(f"camera {self._name} closed the connection; check its power and network.")
            self._waiting.extend(self._parts.feed(data))
        try:
            return self._decoder.decode(self._waiting.popleft())
        except BadFrameError as error:
            raise BadFrameError(f"camera {self._name} sent a frame {error}.") from error

    def close(self) -> None:
        self._response.close()


class _Patient(HTTPConnection):
    """Gives its server a time of its own to answer, and for each read after that ``read_timeout_s``."""

    read_timeout_s: float | None = None

    def getresponse(self) -> HTTPResponse:
        sock = self.sock  # by the time there is a response, it may have taken the socket over
        response = super().getresponse()
        if sock is not None:
            sock.settimeout(self.read_timeout_s)
        return response


class _PatientTls(_Patient, HTTPSConnection):
    pass


class _ClosedErrors(HTTPErrorProcessor):
    """Closes an answer that is no success before it is answered: urllib leaves that to chance while it asks again."""

    def http_response(self, request: Request, response: HTTPResponse) -> HTTPResponse:
        if not 200 <= response.status < 300:
            response.close()
        return cast(HTTPResponse, super().http_response(request, response))

    https_response = http_response


def _opener(url: str, read_timeout_s: float) -> tuple[OpenerDirector, str]:
    """What opens ``url``, and ``url`` without user and password: given only to a server that asks for them.

    The certificate of a camera is of its own making as a rule; like FFmpeg, this does not check it.
    """
    place = urlsplit(url)
    bare_url = urlunsplit(place._replace(netloc=place.netloc.rpartition("@")[2]))

    def patient(kind: type[_Patient]) -> Callable[..., HTTPConnection]:
        def connection(*arguments: Any, **options: Any) -> HTTPConnection:
            made = kind(*arguments, **options)
            made.read_timeout_s = read_timeout_s
            return made

        return connection

    class Http(HTTPHandler):
        def http_open(self, req: Request) -> HTTPResponse:
            return self.do_open(patient(_Patient), req)

    class Https(HTTPSHandler):
        def https_open(self, req: Request) -> HTTPResponse:
            return self.do_open(patient(_PatientTls), req, context=unchecked)

    unchecked = ssl.create_default_context()
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    passwords = HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, bare_url, unquote(place.username or ""), unquote(place.password or ""))
    asked = [HTTPDigestAuthHandler(passwords), HTTPBasicAuthHandler(passwords)] if place.username else []
    return build_opener(Http(), Https(context=unchecked), _ClosedErrors(), *asked), bare_url
