"""The page's server answers the page and nobody else."""

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from driver_monitor.errors import DriverMonitorError
from driver_monitor.labels.desk.server import Desk
from driver_monitor.labels.label import Label
from driver_monitor.labels.sidecar import read_labels, write_labels
from tests.labels.desk.desk import course, desk

PHONE = {"kind": "phone", "start_s": 24.0, "end_s": 29.0, "value": None, "note": "lap"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Path]]:
    folder = tmp_path_factory.mktemp("drive")
    with desk(course(), folder, video=True) as running:
        yield running, folder / "labels.csv"


def ask(
    running: Desk, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    sent = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    target = f"/{running.token if token is None else token}/{path}"
    connection.request(method, target, sent, {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response, data


def test_the_page_may_run_its_own_script_and_load_nothing(served: tuple[Desk, Path]) -> None:
    response, page = ask(served[0], "GET", "")
    policy = response.headers["Content-Security-Policy"]
    assert response.status == 200
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    assert b"http:" not in page.replace(b"http://www.w3.org/2000/svg", b"")
    assert b"https:" not in page


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        ("", {}, 404),
        ("wrong", {}, 404),
        (None, {"Host": "evil.example"}, 403),  # a name that was bound to 127.0.0.1 meanwhile
        (None, {"Host": "127.0.0.1:1"}, 403),
        (None, {"Origin": "http://evil.example"}, 403),
        (None, {"Origin": "null"}, 403),
    ],
)
def test_who_does_not_come_from_the_page_gets_nothing(
    served: tuple[Desk, Path], token: str | None, headers: dict[str, str], status: int
) -> None:
    running, file = served
    for method, path in (("GET", ""), ("GET", "labels"), ("GET", "frame?t=1"), ("PUT", "labels")):
        body = {"version": "", "labels": []} if method == "PUT" else None
        response, data = ask(running, method, path, body, token=token, **headers)
        assert response.status == status
        assert b"2026-11-27" not in data
    assert not file.exists()


def test_only_this_machine_can_reach_it(served: tuple[Desk, Path]) -> None:
    with socket.socket() as other:
        other.settimeout(1)
        assert other.connect_ex(("127.0.0.2", served[0].port)) != 0


def test_labels_are_saved_and_another_hand_is_respected(served: tuple[Desk, Path]) -> None:
    running, file = served
    file.unlink(missing_ok=True)
    response, data = ask(running, "PUT", "labels", {"version": "", "labels": [PHONE]})
    assert response.status == 200
    version = json.loads(data)["version"]
    assert read_labels(file) == [Label("phone", 24.0, 29.0, note="lap")]
    assert json.loads(ask(running, "GET", "version")[1]) == {"version": version}
    write_labels(file, [Label("sleep", 1.0, 5.0)])
    response, data = ask(running, "PUT", "labels", {"version": version, "labels": []})
    assert response.status == 409
    assert json.loads(data)["error"] == "labels.csv was changed by another hand"
    assert json.loads(ask(running, "GET", "labels")[1])["labels"][0]["kind"] == "sleep"
    file.unlink()


@pytest.mark.parametrize(
    "body",
    [
        b"{", {}, [], {"version": "", "labels": {}}, {"version": 1, "labels": []}, {"version": "", "labels": [1]},
        {"version": "", "labels": [PHONE | {"end_s": 1}]}, {"version": "", "labels": [PHONE | {"kind": "a,b"}]},
        {"version": "", "labels": [PHONE | {"start_s": "x"}]}, {"version": "", "labels": [PHONE | {"value": "x"}]},
        b'{"version": "", "labels": [{"kind": "a", "start_s": NaN, "end_s": 1, "value": null, "note": ""}]}',
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_cannot_be_labels_is_not_saved(served: tuple[Desk, Path], body: Any) -> None:
    running, file = served
    response, data = ask(running, "PUT", "labels", body)
    assert response.status == 400
    assert json.loads(data)["error"]
    assert not file.exists()


def test_a_broken_file_and_one_that_cannot_be_read_are_told(served: tuple[Desk, Path]) -> None:
    running, file = served
    file.write_text("nonsense\n", encoding="utf-8")
    response, data = ask(running, "GET", "labels")
    assert response.status == 409
    assert "no column start_s" in json.loads(data)["error"]
    file.unlink()
    file.mkdir()
    for method, path in (("GET", "version"), ("PUT", "labels")):
        response, data = ask(running, method, path, {"version": "", "labels": []} if method == "PUT" else None)
        assert response.status == 500
        assert "cannot be read" in json.loads(data)["error"]
    file.rmdir()


def test_pictures_curves_and_what_is_not_there(served: tuple[Desk, Path]) -> None:
    running, _ = served
    response, data = ask(running, "GET", "frame?t=61.2")
    assert (response.status, response.headers["X-Time"]) == (200, "61.200")
    assert data[:2] == b"\xff\xd8"
    assert json.loads(ask(running, "GET", "curves?first=1&last=2")[1])["values"]["openness"]
    for path, status in (
        ("frame?t=-1", 404),
        ("frame", 400),
        ("frame?t=nan", 400),
        ("curves?first=1", 400),
        ("x", 404),
    ):
        assert ask(running, "GET", path)[0].status == status, path
    assert ask(running, "POST", "labels", b"")[0].status == 501
    assert ask(running, "PUT", "labels", b"", Content_Length=str(10**12))[0].status == 413


def test_a_port_that_is_taken_is_told(served: tuple[Desk, Path], tmp_path: Path) -> None:
    running, _ = served
    with pytest.raises(DriverMonitorError, match=f"port {running.port} cannot be used"):
        Desk(running._page, running._keeper, None, running.port)
