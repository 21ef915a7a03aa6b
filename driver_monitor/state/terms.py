"""Times that mean the same wherever they are asked for."""

from typing import Final

from driver_monitor.parameter import defined, judged, norm

GAP_S: Final = judged(1.0, "a longer step between two frames is a gap in which nothing was seen")
LONG_BLINK_S: Final = judged(0.5, "lids down for longer do not blink")
FRESH_DRIVER_S: Final = judged(30.0, "after so long without this face somebody else may be sitting there")
CANNOT_SEE_S: Final = norm(10.0, 'by then "I cannot see" has been said', "Euro NCAP 2026: 10 s (R12)")
COUNT_WINDOW_S: Final = judged(600.0, "window in which nods and yawns are counted")
ROUNDING_S: Final = defined(1e-6, "by which sums of frame times may be off", "floating point")
SAMPLE_S: Final = judged(0.2, "between two samples of what changes slowly: plenty for a median, and cheap")
