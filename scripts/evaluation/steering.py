"""Steering reversals of a real drive, as a check of what is counted: a log of the comma2k19 kind, kept as .npz.

It says how often a driver turned the wheel back, and nothing about whether that driver was tired.
"""

import argparse
from pathlib import Path

import numpy as np

from driver_monitor.channels.steering import FROM_KMH, GAP_DEG, SteeringChannel

KMH_PER_M_S = 3.6


def main() -> None:
    """Prints the length, the range of the angle, and the reversals a minute, above FROM_KMH and at any speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path, help="with can_steering_angle and can_speed, each with its times (_t, s)")
    log = np.load(parser.parse_args().log)
    times_s, angles_deg = log["can_steering_angle_t"], log["can_steering_angle"]
    speeds_kmh = np.interp(times_s, log["can_speed_t"], log["can_speed"][:, 0]) * KMH_PER_M_S
    print(
        f"{times_s[-1] - times_s[0]:.0f} s, wheel {angles_deg.min():.1f} to {angles_deg.max():.1f} deg, "
        f"{speeds_kmh.min():.0f} to {speeds_kmh.max():.0f} km/h"
    )
    for name, speeds in (
        (f"above {FROM_KMH:g} km/h", speeds_kmh),
        ("at any speed", np.full_like(speeds_kmh, FROM_KMH)),
    ):
        channel = SteeringChannel()
        for t_s, angle_deg, kmh in zip(times_s.tolist(), angles_deg.tolist(), speeds.tolist(), strict=True):
            channel.update(t_s, angle_deg, kmh)
        print(f"reversals of {GAP_DEG:g} deg, {name}: {channel.reversals} in {channel.driven_s:.0f} s")


if __name__ == "__main__":
    main()
