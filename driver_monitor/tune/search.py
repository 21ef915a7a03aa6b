"""The search: optuna proposes values, drives answer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from driver_monitor.config.config import Config
from driver_monitor.errors import DriverMonitorError
from driver_monitor.pip import install_self
from driver_monitor.score.tally import Tally
from driver_monitor.tune.parameter import Parameter, Value, applied
from driver_monitor.tune.space import config_of
from driver_monitor.tune.trial import Trial

if TYPE_CHECKING:
    import optuna

BATCH: Final = 10  # proposed at a time, whatever the number of processes: the same seed gives the same trials

Evaluate = Callable[[Sequence[Config]], Sequence[Tally]]


def search(
    parameters: Sequence[Parameter], base: Mapping[str, Any], evaluate: Evaluate, *, trials: int, seed: int
) -> Iterator[Trial]:
    """``trials`` trials as they are done; the first takes the values of ``base`` (a config's data) where it may.

    The objectives are sensitivity and false alerts an hour; the sampler is the tree-structured Parzen estimator.
    """
    study = _study(seed)
    own = {parameter: parameter.spot.read(base) for parameter in parameters}
    study.enqueue_trial(
        {p.name: p.choices.index(value) if p.choices else value for p, value in own.items() if p.holds(value)}
    )
    for first in range(0, trials, BATCH):
        asked = [study.ask() for _ in range(first, min(first + BATCH, trials))]
        tried = [{p.spot: _suggested(trial, p) for p in parameters} for trial in asked]
        configs = [config_of(applied(base, values)) for values in tried]
        answers = iter(evaluate([config for config in configs if config is not None]))
        for trial, values, config in zip(asked, tried, configs, strict=True):
            done = Trial(trial.number, values, None if config is None else next(answers))
            _tell(study, trial, done)
            yield done


def _study(seed: int) -> "optuna.Study":
    try:
        import optuna  # noqa: PLC0415  (a second that only a search pays)
    except ImportError:
        raise DriverMonitorError(
            f"a search needs optuna: {install_self('analysis')}  (--sweep goes without it)"
        ) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=seed)
    return optuna.create_study(directions=["maximize", "minimize"], sampler=sampler)


def _suggested(trial: "optuna.Trial", parameter: Parameter) -> Value:
    if parameter.choices:
        place = trial.suggest_categorical(parameter.name, tuple(range(len(parameter.choices))))
        return parameter.choices[place]
    if parameter.spot.whole:
        step = int(parameter.step or 1)
        return trial.suggest_int(parameter.name, int(parameter.low), int(parameter.high), step=step, log=parameter.log)
    value = trial.suggest_float(parameter.name, parameter.low, parameter.high, step=parameter.step, log=parameter.log)
    return parameter.tidy(value)


def _tell(study: "optuna.Study", trial: "optuna.Trial", done: Trial) -> None:
    from optuna.trial import TrialState  # noqa: PLC0415

    if done.tally is None:
        study.tell(trial, state=TrialState.FAIL)
    else:
        study.tell(trial, [done.sensitivity, done.false_per_h])
