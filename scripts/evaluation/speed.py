"""The car's speed off its CAN bus, against the recorded car's own reference and against GNSS.

comma2k19 (Schafer et al. 2018, MIT licence) has a minute of a Toyota's bus in its repository: ``example_1min.npz``. Its
frames are put on a virtual python-can bus at their own pace or faster, and are read by the product's own source.
"""

import tempfile
import time
from pathlib import Path
from typing import Any, Final

import can
import numpy as np
from numpy.typing import NDArray

from driver_monitor.config.vehicle import CanSpeedConfig, SpeedConfig
from driver_monitor.errors import UsageError
from driver_monitor.vehicle.can import CanSpeed

FILE: Final = "vehicle/comma2k19/example_1min.npz"
CHANNEL: Final = "speed-evaluation"
# The wheels of this car, found by comparing its bus with the reference; an offset of -67.67 km/h is the car's own.
DBC: Final = """VERSION ""
BS_:
BU_: CAR
BO_ 170 WHEEL_SPEEDS: 8 CAR
 SG_ FRONT_RIGHT : 7|16@0+ (0.01,-67.67) [0|250] "km/h" CAR
 SG_ FRONT_LEFT : 23|16@0+ (0.01,-67.67) [0|250] "km/h" CAR
 SG_ REAR_RIGHT : 39|16@0+ (0.01,-67.67) [0|250] "km/h" CAR
 SG_ REAR_LEFT : 55|16@0+ (0.01,-67.67) [0|250] "km/h" CAR
"""
SIGNAL: Final = "WHEEL_SPEEDS.FRONT_LEFT"
WHEELS: Final = 170
KMH: Final = 3.6
_TAKEN_S: Final = 2.0  # a frame on a virtual bus is read long before


def run(data: Path) -> dict[str, object]:
    path = data / FILE
    if not path.is_file():
        raise UsageError(f"{path} is not there; it is example_1min.npz of comma2k19's raw data.")
    with np.load(path) as log:
        recorded = {name: np.asarray(log[name]) for name in log.files}
    own_bus = recorded["raw_can_src"] == 0
    t_s, told = _replayed(
        recorded["raw_can_t"][own_bus], recorded["raw_can_address"][own_bus], recorded["raw_can_data"][own_bus]
    )
    reference = (recorded["can_speed_t"], recorded["can_speed"].ravel() * KMH)
    gnss = (recorded["gnss_live_gnss_ublox_t"], recorded["gnss_live_gnss_ublox"][:, 2] * KMH)
    return {
        "data": FILE,
        "signal": SIGNAL,
        "frames_on_the_bus": int(own_bus.sum()),
        "frames_of_the_signal": int((recorded["raw_can_address"][own_bus] == WHEELS).sum()),
        "readings": len(told),
        "kmh": [round(float(told.min()), 1), round(float(told.max()), 1)],
        "against_the_car": _errors(t_s, told, *reference),
        "against_gnss": _errors(t_s, told, *gnss),
    }


def _replayed(t_s: NDArray[Any], numbers: NDArray[Any], data: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Every frame goes onto the bus; after each of the signal's frames the source is asked."""
    times: list[float] = []
    told: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        dbc = Path(folder) / "car.dbc"
        dbc.write_text(DBC)
        wanted = CanSpeedConfig(interface="virtual", channel=CHANNEL, dbc=str(dbc), signal=SIGNAL)
        with (
            can.Bus(interface="virtual", channel=CHANNEL) as bus,
            CanSpeed(SpeedConfig(source="can", can=wanted), print) as source,
        ):
            before = None
            for at_s, number, content in zip(t_s, numbers, data, strict=True):
                bus.send(
                    can.Message(arbitration_id=int(number), is_extended_id=False, data=bytes(content).ljust(8, b"\0"))
                )
                if number != WHEELS:
                    continue
                before = _next(source, before)
                if before is not None:
                    times.append(float(at_s))
                    told.append(before.kmh)
    return np.array(times), np.array(told)


def _next(source: CanSpeed, before: Any) -> Any:
    until_s = time.monotonic() + (_TAKEN_S if before is not None else 0.05)
    while (reading := source.fresh()) is before and time.monotonic() < until_s:
        time.sleep(0.0001)
    return reading


def _errors(
    t_s: NDArray[Any], kmh: NDArray[Any], reference_s: NDArray[Any], reference: NDArray[Any]
) -> dict[str, float]:
    error = np.abs(kmh - np.interp(t_s, reference_s, reference))
    return {
        "mean_abs_kmh": round(float(error.mean()), 2),
        "p99_abs_kmh": round(float(np.percentile(error, 99)), 2),
        "max_abs_kmh": round(float(error.max()), 2),
        "within_1_kmh": round(float((error <= 1).mean()), 4),
    }
