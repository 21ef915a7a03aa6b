"""Driver-state monitor: fatigue, stress and distraction from a driver's face, on the device."""

__version__ = "0.1.0"
