"""The shipped graphs are what was trained: ONNX Runtime and torch agree within 1e-4. Needs the ``train`` extra."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from driver_monitor.errors import DriverMonitorError  # noqa: E402
from scripts.training import distraction, expression, expression_net, stress_face_part  # noqa: E402
from scripts.training.export import IR_VERSION, OPSET, check_equal, save, torch_graph  # noqa: E402

FACES = np.random.default_rng(0).integers(0, 256, (9, 48, 48), dtype=np.uint8)


def untrained() -> "expression_net.ExpressionNet":
    """With batch statistics of its own."""
    torch.manual_seed(1)
    net: expression_net.ExpressionNet = expression_net.ExpressionNet().train()
    with torch.no_grad():
        for _ in range(3):
            net(expression_net.middle(torch.from_numpy(FACES)[:, None]))
    net.eval()
    return net


def contract(path: Path) -> tuple[int, int, list[str]]:
    graph = onnx.load(path)
    first = [value.type.tensor_type.shape.dim[0].dim_param for value in (*graph.graph.input, *graph.graph.output)]
    return graph.opset_import[0].version, graph.ir_version, first


def test_the_expression_graph_is_the_net_in_half_the_space(tmp_path: Path) -> None:
    net, path = untrained(), tmp_path / "expression.onnx"
    expression_net.export(net, 1.3, FACES, path)
    assert contract(path) == (OPSET, IR_VERSION, ["N", "N"])
    assert path.stat().st_size < 2_000_000
    with torch.no_grad():
        exact = expression_net.Exported(net, 1.3)(torch.from_numpy(FACES)[:, None]).numpy()
    check_equal(path, {"face": FACES[:1, None]}, "probabilities", exact[:1])
    assert check_equal(path, {"face": FACES[:, None]}, "probabilities", exact) <= 1e-4


def test_a_graph_that_is_not_the_net_is_not_shipped(tmp_path: Path) -> None:
    path = tmp_path / "expression.onnx"
    expression_net.export(untrained(), 1.0, FACES, path)
    with pytest.raises(DriverMonitorError, match="differs from the trained model"):
        check_equal(path, {"face": FACES[:, None]}, "probabilities", np.full((9, 7), 0.5))


def test_the_face_is_looked_at_as_in_training_and_from_closer_by_in_the_mirror() -> None:
    faces, net = torch.from_numpy(FACES)[:, None], untrained()
    with torch.no_grad():
        looks = (expression_net.middle(faces), faces[:, :, 4:44, 4:44].float().flip(3))
        expected = torch.softmax((net(looks[0]) + net(looks[1])) / 2 / 1.7, 1)
        torch.testing.assert_close(expression_net.Exported(net, 1.7)(faces), expected, atol=1e-3, rtol=0)


def test_the_distraction_graph_is_the_net_and_its_zones_are_sums_of_its_directions(tmp_path: Path) -> None:
    torch.manual_seed(1)
    model, path = distraction.Exported(distraction.GazeNet(), 0.9).eval(), tmp_path / "distraction.onnx"
    window = torch.from_numpy(np.random.default_rng(0).normal(0, 10, (33, 10, 7)).astype(np.float32))
    save(torch_graph(model, torch.zeros(2, 10, 7), "gaze", ["directions", "zones"]), path)
    assert contract(path) == (OPSET, IR_VERSION, ["N", "N", "N"])
    with torch.no_grad():
        directions, zones = (part.numpy() for part in model(window))
    for given, name, expected in ((window, "directions", directions), (window[:1], "zones", zones[:1])):
        assert check_equal(path, {"gaze": given.numpy()}, name, expected) <= 1e-4
    np.testing.assert_allclose(directions.sum(axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(zones.sum(axis=1), 1.0, atol=1e-5)


def test_nobody_is_on_both_sides_of_the_held_back_faces() -> None:
    people = np.array(["Ann", "Bob", "Ann", "Cy", "Di", "Ed", "Bob"])
    held_back = expression.chosen_people(people, 0.4)
    assert set(people[held_back]).isdisjoint(people[~held_back])
    assert len(set(people[held_back])) == 2


def test_the_trained_face_part_of_the_stress_net_is_the_net() -> None:
    torch.manual_seed(1)
    net = stress_face_part.FaceNet(torch.randn(stress_face_part.FACES), torch.rand(stress_face_part.FACES) + 0.5)
    window = torch.randn(33, stress_face_part.FACES)
    mask = (torch.rand(33, stress_face_part.FACES) < 0.5).float()
    with torch.no_grad():
        expected = net(window, mask).numpy() / 1.3
    np.testing.assert_allclose(net.part(1.3).logits(window.numpy(), mask.numpy()), expected, atol=1e-5)
