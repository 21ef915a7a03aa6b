"""The shipped graphs are what was trained: ONNX Runtime and torch agree within 1e-4. Needs the ``train`` extra."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from driver_monitor.classifiers.stress_window import FACE, FEATURES, HEART  # noqa: E402
from driver_monitor.errors import DriverMonitorError  # noqa: E402
from scripts.evaluation import wesad  # noqa: E402
from scripts.training import distraction, expression, expression_net, stress  # noqa: E402
from scripts.training.export import IR_VERSION, OPSET, check_equal, save, torch_graph  # noqa: E402
from scripts.training.stress_faces import CLASSES  # noqa: E402

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


def hearts() -> wesad.HeartRows:
    """Eight people whose hearts race and whose variability falls under stress."""
    chance = np.random.default_rng(2)
    stressed = np.tile([False, False, True], 40)
    values = chance.normal(0, 0.08, (len(stressed), 3)) + np.outer(stressed, [0.25, -0.2, -0.1])
    subject = np.repeat([str(person) for person in range(8)], 15)
    return wesad.HeartRows(values.astype(np.float32), stressed, subject, np.where(stressed, "2", "1"), ())


def test_the_stress_graph_is_the_net_whatever_is_masked(tmp_path: Path) -> None:
    torch.manual_seed(1)
    width = FACE.stop - FACE.start
    net = stress.StressNet(
        stress.FacePart(torch.zeros(width), torch.ones(width)), stress.HeartPart(stress.heart_table(hearts())), 1.2, 0.9
    ).eval()
    window = torch.randn(64, len(FEATURES))
    mask = (torch.rand(64, len(FEATURES)) < 0.5).float()
    mask[:8, HEART] = torch.tensor(list(product((0.0, 1.0), repeat=3)))
    given = stress.Windows(window, mask, torch.zeros(64, dtype=torch.int64))
    path = tmp_path / "stress.onnx"
    stress.export(net, given, path)
    assert contract(path) == (OPSET, IR_VERSION, ["N"] * 3)
    assert stress.answer(net, given).shape == (64, len(CLASSES))


def test_each_set_of_known_heart_values_has_a_regression_of_its_own() -> None:
    table = stress.heart_table(hearts())
    assert not table[0].any(), "nothing known says nothing"
    assert table[1, 0] > 0, "a fast heart alone speaks of stress"
    assert not table[1, 1:3].any()
    assert table[2, 1] < 0, "so does a steady one"
    everything = stress.leave_one_subject_out(hearts(), stress.ALL_KNOWN)
    assert ((everything > 0) == hearts().stressed).mean() > 0.9


def test_nobody_is_on_both_sides_of_the_held_back_faces() -> None:
    people = np.array(["Ann", "Bob", "Ann", "Cy", "Di", "Ed", "Bob"])
    held_back = expression.chosen_people(people, 0.4)
    assert set(people[held_back]).isdisjoint(people[~held_back])
    assert len(set(people[held_back])) == 2
