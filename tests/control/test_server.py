"""The local socket by itself: what it tells when a drive ends and the next begins."""

from dataclasses import replace
from pathlib import Path

from driver_monitor.client import connect
from driver_monitor.config.control import ControlConfig
from driver_monitor.control.health import Health
from driver_monitor.control.server import ControlServer
from driver_monitor.monitor import Moment
from driver_monitor.state.channels import ChannelSignals
from tests.rules.states import state


def test_states_go_on_when_the_time_of_a_new_drive_begins_at_zero(tmp_path: Path) -> None:
    config = ControlConfig(enabled=True, socket=str(tmp_path / "s"), rate_hz=10)
    with ControlServer(config, ask=lambda request: None) as server, connect(server.path) as client:
        for t_s in (100.0, 100.05, 100.1, 0.0, 0.1):
            server.seen(Moment(state(t_s), [], ()), Health())
        server.close()
        records = list(client.records())
    assert [record["t_s"] for record in records if record["type"] == "state"] == [100.0, 100.1, 0.0, 0.1]
    assert records[-1]["type"] == "bye"


def test_no_state_tells_what_a_face_expresses(tmp_path: Path) -> None:
    config = ControlConfig(enabled=True, socket=str(tmp_path / "s"))
    with ControlServer(config, ask=lambda request: None) as server, connect(server.path) as client:
        seen = replace(state(0.0, smile=0.5), channels=ChannelSignals())
        server.seen(Moment(seen, [], ()), Health())
        told = client.state()
    assert told["signals"].keys() >= {"eyes", "yaw_deg", "driver_epoch"}
    assert told["channels"].keys() >= {"heart_rate_bpm", "steering_reversals_rise"}
    names = {*told, *told["signals"], *told["channels"]}
    assert not names & {"expression", "brow_down", "brow_inner_up", "mouth_frown", "mouth_press", "smile", "jaw_open"}
    assert not [name for name in names if name.startswith("micro_expression")]
