"""A plugin of pytest for a slow machine: property tests try ten examples, where they do not ask for a number."""

from hypothesis import settings

settings.register_profile("emulated", deadline=None, max_examples=10)
