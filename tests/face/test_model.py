from pathlib import Path

from driver_monitor.assets import FACE_MODEL, face_model


def test_the_face_model_is_the_right_one_and_may_be_given_by_path(model: Path) -> None:
    assert model.stat().st_size == FACE_MODEL.size
    assert face_model(str(model), progress=False) == model
