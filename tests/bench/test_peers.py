"""driver-monitor bench --peers: who else finds faces, at what cost, and who is missing here."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from driver_monitor.bench.footage import Footage, footage
from driver_monitor.bench.loop_process import LoopProcess
from driver_monitor.bench.peers import YARDSTICK, PeerFigures, line_up
from driver_monitor.bench.peers_svg import peers_svg
from driver_monitor.camera.open import open_source
from driver_monitor.config.camera import CameraConfig
from driver_monitor.config.config import Config
from driver_monitor.errors import UsageError
from tests.cli.product import driver_monitor

FRAMES = 30
WIDTHS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}  # YuNet's outputs, each at these strides
STRIDES = (8, 16, 32)


def net_like_yunets(path: Path, score: float) -> Path:
    """A net with YuNet's inputs and outputs that gives every place of the frame this score."""
    nodes, weights, outputs = [], [], []
    for kind, width in WIDTHS.items():
        for stride in STRIDES:
            name = f"{kind}_{stride}"
            value = score if kind in ("cls", "obj") else 0.0
            weights += [
                numpy_helper.from_array(np.zeros((width, 3, stride, stride), np.float32), f"{name}_weight"),
                numpy_helper.from_array(np.full(width, value, np.float32), f"{name}_bias"),
                numpy_helper.from_array(np.array([1, -1, width]), f"{name}_shape"),
            ]
            convolved, turned = f"{name}_convolved", f"{name}_turned"
            nodes += [
                helper.make_node(
                    "Conv",
                    ["input", f"{name}_weight", f"{name}_bias"],
                    [convolved],
                    kernel_shape=[stride, stride],
                    strides=[stride, stride],
                ),
                helper.make_node("Transpose", [convolved], [turned], perm=[0, 2, 3, 1]),
                helper.make_node("Reshape", [turned, f"{name}_shape"], [name]),
            ]
            outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, f"places_{stride}", width]))
    seen = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, "height", "width"])
    graph = helper.make_graph(nodes, "like_yunet", [seen], outputs, weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    return path


@pytest.fixture(scope="module")
def reel() -> Iterator[Footage]:
    with (
        open_source(CameraConfig(source="scripted:demo"), live=False) as source,
        footage(source, FRAMES, 320, 240) as shown,
    ):
        yield shown


def test_who_is_missing_is_said_with_how_to_get_it(reel: Footage) -> None:
    peers = line_up(Config(), Path("face_landmarker.task"), reel, dlib_model=None, yunet_model=None)
    lacks = {peer.name: peer.lacks for peer in peers}
    assert next(iter(lacks)) == YARDSTICK
    assert [lacks[f"driver-monitor, {name}"] for name in ("litert", "mediapipe")] == ["", ""]
    assert "--dlib-model FILE with shape_predictor_68_face_landmarks.dat" in lacks["dlib, HOG and 68 points"]
    assert "needs --yunet-model FILE with face_detection_yunet_2023mar.onnx" in lacks["OpenCV, YuNet"]


@pytest.mark.parametrize(("score", "faces"), [(1.0, FRAMES), (0.0, 0)])
def test_yunets_loop_counts_the_frames_with_a_face(tmp_path: Path, reel: Footage, score: float, faces: int) -> None:
    with LoopProcess("yunet", net_like_yunets(tmp_path / "net.onnx", score), reel) as loop:
        spent = loop.round()
    assert spent.faces == faces
    assert spent.cpu_s > 0


def test_a_model_of_no_use_is_refused_in_a_line(tmp_path: Path, reel: Footage) -> None:
    (tmp_path / "words.onnx").write_text("no net")
    with pytest.raises(
        UsageError, match=r"--yunet-model: .*words\.onnx is not a YuNet model that OpenCV [0-9.]+ can run"
    ):
        LoopProcess("yunet", tmp_path / "words.onnx", reel)


def test_the_chart_names_everybody() -> None:
    figures = [PeerFigures(YARDSTICK, "points", 10.0, 1.0, 60, 60), PeerFigures("other", "a box", 25.0, 2.5, 30, 60)]
    chart = peers_svg(figures, ["OpenCV, YuNet"], "a drive")
    words = [element.text for element in ElementTree.fromstring(chart).iter("{http://www.w3.org/2000/svg}text")]
    assert {YARDSTICK, "other", "25.0 ms, 2.50 x, face in 50%", "not measured: OpenCV, YuNet"} <= set(words)


def test_without_the_yardstick_there_are_no_ratios() -> None:
    assert "25.0 ms, face in 50%" in peers_svg([PeerFigures("other", "a box", 25.0, None, 30, 60)], [], "a drive")


def test_everybody_who_is_here_is_measured(tmp_path: Path) -> None:
    done = driver_monitor("bench", "--peers", "--frames", 60, "--rounds", 1, "--json", "--svg", tmp_path / "peers.svg")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    by_name = {each["name"]: each for each in found["peers"]}
    assert list(by_name) == [YARDSTICK, "driver-monitor, litert", "driver-monitor, mediapipe"]
    assert by_name[YARDSTICK]["ratio"] == 1.0
    assert all(each["cpu_ms"] > 0 and each["faces"] == each["frames"] == 60 for each in by_name.values())
    assert list(found["missing"]) == ["dlib, HOG and 68 points", "OpenCV, YuNet"]
    assert "driver-monitor, litert" in (tmp_path / "peers.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--svg", "x.svg"), "--svg is for --peers alone"),
        (("--peers", "--check"), "--check is not for --peers"),
        (("--peers", "--yunet-model", "none.onnx"), "--yunet-model: there is no file none.onnx"),
        (("--peers", "--svg", "none/x.svg"), "--svg: there is no folder none"),
    ],
)
def test_what_does_not_go_together_is_said_before_anything_is_measured(arguments: tuple[str, ...], said: str) -> None:
    done = driver_monitor("bench", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
