"""Hypothesis profiles: the same examples every time by default, new ones on demand.

HYPOTHESIS_PROFILE=long python -m pytest tests/test_reference.py
"""

import os

from hypothesis import settings

settings.register_profile("default", deadline=None, derandomize=True, max_examples=200)
settings.register_profile(
    "long", deadline=None, database=None, max_examples=10_000, print_blob=True
)
from hypothesis import Phase
settings.register_profile("mut", deadline=None, derandomize=True, max_examples=200, phases=[Phase.explicit, Phase.generate, Phase.target])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
