"""``scripts/test_arm``: the program and its tests on an emulated 64-bit ARM board."""
