"""Pictures by their time, whichever way the annotator goes."""

import random
from collections.abc import Iterator

from driver_monitor.labels.desk.pictures import Picture, Pictures, Reel


class Film:
    """Ten pictures a second; counts how often a reel is opened."""

    def __init__(self) -> None:
        self.opened = 0

    def reel(self, start_s: int, end_s: int) -> Reel:
        def pictures(t_s: float) -> Iterator[Picture]:
            self.opened += 1
            for tenth in range(start_s * 10, end_s * 10):
                if tenth / 10 >= t_s - 2:
                    yield Picture(tenth / 10, str(tenth).encode())

        return Reel(float(start_s), pictures)


def test_the_picture_is_the_last_one_at_that_time_or_before() -> None:
    film = Film()
    pictures = Pictures([film.reel(1, 60), film.reel(60, 90)])
    random_ = random.Random(3)
    for _ in range(300):
        t_s = round(random_.uniform(0, 91), 2)
        found = pictures.at(t_s)
        if t_s < 1:
            assert found is None
        else:
            assert found is not None
            assert found.t_s == min(int(t_s * 10 + 1e-6) / 10, 89.9)


def test_playing_on_reads_each_reel_once() -> None:
    film = Film()
    pictures = Pictures([film.reel(0, 60), film.reel(60, 90)])
    assert [found.t_s for k in range(899) if (found := pictures.at(k / 10 + 0.05))] == [k / 10 for k in range(899)]
    assert film.opened == 2
    pictures.at(10.0)
    assert film.opened == 3
