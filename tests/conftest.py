"""Hypothesis profiles: the same examples every time by default, many new ones on demand.

HYPOTHESIS_PROFILE=long python -m pytest tests/test_reference.py
"""

import os

from hypothesis import settings

settings.register_profile("default", deadline=None, derandomize=True, max_examples=300)
settings.register_profile("long", deadline=None, database=None, max_examples=5000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
