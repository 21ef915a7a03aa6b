"""Driver-state monitor: fatigue, stress and distraction from a driver's face, on the device."""

import os

__version__ = "0.1.0"
__released__ = "2026-11-01"  # a clock that says an earlier day has not been set

# From 1.29 on ONNX Runtime sends usage data unless this is set before it is loaded (microsoft/onnxruntime pull request
# 27379). Here, so that no module of the package can come before it; child processes inherit it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
