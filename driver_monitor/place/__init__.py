"""Where the camera is: measured while the driver looks straight at the road."""
