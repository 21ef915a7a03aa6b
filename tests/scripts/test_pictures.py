"""The frame of the README is what the monitor draws, without a photograph."""

import cv2

from scripts.documents.pictures import FRAME_PX, HERE, frame


def test_the_frame_of_the_readme_can_be_drawn_again() -> None:
    image = frame()
    assert image.shape == (FRAME_PX[1], FRAME_PX[0], 3)
    kept = cv2.imread(str(HERE / "frame.png"))
    assert kept is not None
    face = slice(140, 440), slice(280, 520)  # letters differ from font to font, the face does not
    assert cv2.absdiff(image[face], kept[face]).max() <= 2
