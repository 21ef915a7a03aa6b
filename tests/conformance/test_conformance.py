"""The acceptance matrix in every preset that claims its rows, in its quick form; and the instrument that plays it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from driver_monitor.config.config import Config
from driver_monitor.config.face import FaceConfig
from driver_monitor.config.loader import load, presets
from driver_monitor.conformance.expectations import Ended, Silent, Warned
from driver_monitor.conformance.hearing import Heard, Subject
from driver_monitor.conformance.hours import Tally, hours
from driver_monitor.conformance.judge import Outcome, judge
from driver_monitor.conformance.main import main
from driver_monitor.conformance.play import RenderedStage, geometric
from driver_monitor.conformance.rows import matrix
from driver_monitor.conformance.stimulus import LAP, MatrixRow, Stimulus, look
from driver_monitor.conformance.table import hours_outcomes, markdown
from driver_monitor.conformance.variants import QUICK, RENDERED
from driver_monitor.state.alert import Alert, AlertState, Level

CONFIGS = {name: load(path).config for name, path in presets().items()}
LEFT_HAND_DRIVE = {name: config for name, config in CONFIGS.items() if config.face.seat == "left"}
ROWS: dict[str, MatrixRow] = {row.id: row for row in matrix(quick=True)}


@pytest.mark.parametrize("row", ROWS)
def test_the_row_holds_in_every_preset_that_claims_it(row: str) -> None:
    configs = LEFT_HAND_DRIVE if row == "R11" else CONFIGS  # half an hour of lids: the seat changes nothing in it
    outcomes = judge([ROWS[row]], configs, QUICK, geometric)
    assert outcomes, "nobody claims it"
    assert [f"{outcome.preset}: {sentence}" for outcome in outcomes for sentence in outcome.wrong] == []


def test_every_row_of_the_matrix_is_claimed_by_somebody_and_every_claim_is_a_row() -> None:
    claimed = {claim for config in CONFIGS.values() for claim in config.preset.claims}
    assert claimed == {*ROWS, "R16"}


def test_a_simulated_quarter_of_an_hour_is_quiet_and_its_lapses_are_caught() -> None:
    """The twenty hours are for ``scripts/conformance``; this one would notice a coarse fault."""
    claiming = {name: config for name, config in CONFIGS.items() if "R16" in config.preset.claims}
    tallies = hours(1, claiming, duration_s=900)
    assert {name: dict(tally.false) for name, tally in tallies.items() if tally.false} == {}
    assert {name: tally.missed for name, tally in tallies.items() if tally.missed} == {}
    assert all(sum(tally.put_in.values()) >= 2 for tally in tallies.values())


@pytest.fixture(scope="module")
def stage() -> RenderedStage:
    """Its attentive lead is rendered and tracked once."""
    return RenderedStage(RENDERED[0], FaceConfig())


@pytest.mark.parametrize("row", ["R1", "R9", "R12"])
def test_the_row_holds_through_rendered_video_and_the_tracker(row: str, stage: RenderedStage) -> None:
    """One play of each; ``scripts/conformance --rendered`` has them all, with both portraits."""
    stimulus = next(stimulus for stimulus in ROWS[row].stimuli if stimulus.rendered)
    one = replace(ROWS[row], stimuli=(stimulus,))
    outcomes = judge([one], LEFT_HAND_DRIVE, RENDERED[:1], lambda s, v, c: stage.take(s, c), only_rendered=True)
    assert [sentence for outcome in outcomes for sentence in outcome.wrong] == []


def alert(t_s: float, state: AlertState = AlertState.FIRING, level: Level = Level.WARNING, **more: object) -> Alert:
    outputs = ("audio",) if more.get("audible", True) else ("console",)
    return Alert(t_s, "rule", level, state, "", outputs, {"terms": [{"signal": more.get("signal", "off_road_s")}]})


def heard(*alerts: Alert) -> Heard:
    return Heard(alerts, onset_s=10.0, until_s=20.0)


def test_a_warning_is_due_in_its_window() -> None:
    due = Warned(4.0, (Subject.GAZE,), after_s=2.0)
    assert due.check(heard(alert(13.0))).wrong == ""
    assert "due by" in due.check(heard(alert(14.1))).wrong
    assert "not to come before" in due.check(heard(alert(11.0))).wrong
    assert "no warning" in due.check(heard()).wrong
    assert "no warning" in due.check(heard(alert(13.0, audible=False))).wrong
    assert "no warning" in due.check(heard(alert(13.0, signal="eyes_closed_s"))).wrong
    assert "no warning" in due.check(heard(alert(13.0, level=Level.INFO))).wrong


def test_silence_is_about_subjects_and_a_time() -> None:
    assert Silent().check(heard(alert(13.0))).wrong
    assert Silent(to_s=2.0).check(heard(alert(13.0))).wrong == ""
    assert Silent((Subject.CLOSURE,)).check(heard(alert(13.0))).wrong == ""


def test_an_end_comes_after_enough_and_not_too_much_forward_gaze() -> None:
    due = Ended(5.0, 0.8, 1.4, (Subject.GAZE,))
    for ended_s, said in ((16.0, ""), (15.1, "not before"), (17.0, "went on")):
        assert said in due.check(heard(alert(13.0), alert(ended_s, AlertState.CLEARED))).wrong
    assert "went on" in due.check(heard(alert(13.0))).wrong
    assert "no warning before" in due.check(heard()).wrong


def test_hours_with_too_many_alerts_or_a_missed_lapse_fail() -> None:
    loud, deaf = Tally(attentive_s=3600), Tally(attentive_s=3600)
    loud.false["rule"] += 2
    deaf.put_in["sleep"] += 1
    deaf.missed.append((0, 100.0, "sleep"))
    outcomes = hours_outcomes({"loud": loud, "deaf": deaf, "fine": Tally(attentive_s=3600)})
    assert [outcome.holds for outcome in outcomes] == [False, False, True]


def test_tallies_can_be_told_as_json() -> None:
    tally = Tally(attentive_s=7200)
    tally.false["sleep"] += 1
    tally.false_at.append((3, 100.0, "sleep"))
    told = json.loads(json.dumps(tally.to_json()))
    assert (told["false"], told["false_at"], told["per_hour"]) == ({"sleep": 1}, [[3, 100.0, "sleep"]], 0.5)
    assert told["per_hour_low"] < 0.5 < told["per_hour_high"]


def test_a_row_that_does_not_hold_is_named_and_the_script_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A config of one's own that claims R13 and warns at any speed."""
    mine = tmp_path / "mine.yaml"
    mine.write_text("preset: {claims: [R13]}\nrules: {long_glance: {speed: {from_kmh: 0}}}\nattention: {from_kmh: 0}\n")
    table = tmp_path / "matrix.md"
    assert main(["--config", str(mine), "--row", "R13", "--quick", "--jobs", "1", "--out", str(table)]) == 1
    assert "R13" in capsys.readouterr().err
    assert "(fails)" in table.read_text()


def test_what_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--preset", "lenient"]) == 2
    assert "quiet" in capsys.readouterr().err
    assert main(["--row", "R99"]) == 2
    assert main(["--first-hour", "-1"]) == 2


def test_the_table_has_a_column_a_preset_and_says_what_is_not_claimed() -> None:
    row = MatrixRow("R1", "a look", "3.5 s", "", "a norm", (Stimulus("lap", look(0, 1, **LAP), 2, ()),))
    found = markdown([row], [Outcome("R1", "default", times_s=[3.2, 3.4])], {}, ["default", "quiet"])
    assert found.splitlines()[-1] == "| R1 | a look | 3.5 s | - | a norm | 3.2-3.4 s | - |"


def test_signals_are_played_once_for_presets_that_share_them() -> None:
    plays: list[Config] = []

    def play(stimulus: Stimulus, variant: object, config: Config) -> object:
        plays.append(config)
        return geometric(stimulus, QUICK[0], config)

    row = replace(ROWS["R3"], stimuli=ROWS["R3"].stimuli[:1])
    judge([row], {name: CONFIGS[name] for name in ("default", "sensitive", "eu-gsr")}, QUICK[:1], play)  # type: ignore[arg-type]
    assert len(plays) == 1
