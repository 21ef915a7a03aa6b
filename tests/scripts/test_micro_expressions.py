"""The scripted micro-expressions; the drives they are laid over take a minute and are not played here."""

import pytest

from driver_monitor.channels.micro.actions import KINDS
from scripts.evaluation.micro_expressions import SEEDS, Micro, laid_over, script


@pytest.mark.parametrize("seed", SEEDS)
def test_they_lie_where_the_driver_does_nothing_else(seed: int) -> None:
    truth = laid_over(seed)
    assert {micro.kind for micro in truth} == set(KINDS)
    for micro in truth:
        assert 0.2 <= micro.length_s <= 0.45
        for action in script(seed).actions:
            assert not action.t - 1.0 < micro.begin_s < action.t + action.for_s + 1.0


def test_one_comes_and_goes() -> None:
    micro = Micro("smile", 2.0, 0.4, 0.5)
    assert [round(micro.at(t_s), 3) for t_s in (1.9, 2.0, 2.1, 2.2, 2.3, 2.4)] == [0.0, 0.0, 0.25, 0.5, 0.25, 0.0]
