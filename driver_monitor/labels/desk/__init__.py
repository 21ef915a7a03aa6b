"""The page on which a person labels a drive, served to this machine alone."""
