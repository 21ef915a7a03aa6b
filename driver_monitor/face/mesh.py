"""Places on MediaPipe's face mesh that several parts measure at. Left and right are the driver's own."""

from typing import Final

# Eye points in Soukupova & Cech's order: outer corner, two upper lid, inner corner, two lower lid (2016).
RIGHT_EYE: Final = (33, 160, 158, 133, 153, 144)
LEFT_EYE: Final = (263, 387, 385, 362, 380, 373)
