"""Hypothesis profiles; what the oracle tests compared, in the terminal.

Hypothesis takes the same examples every time: a few by default, so that `pytest` is over in
minutes, and six times as many in CI. Many new ones are found on demand:
HYPOTHESIS_PROFILE=full pytest -m hypothesis
HYPOTHESIS_PROFILE=long pytest tests/simulation/test_reference.py
"""

import os

import pytest
from hypothesis import settings

settings.register_profile("default", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("full", deadline=None, derandomize=True, max_examples=300)
settings.register_profile("long", deadline=None, database=None, max_examples=5000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def nest():
    nest = pytest.importorskip("nest")
    nest.verbosity = nest.VerbosityLevel.ERROR
    return nest


@pytest.fixture
def compared(record_property):
    """Give a function that reports a comparison before it is judged."""

    def report(what, number, difference):
        (n, things), (size, unit) = number, difference
        # Plain numbers, which xdist can send.
        record_property("compared", (what, (int(n), things), (float(size), unit)))
        return difference[0]

    return report


def pytest_terminal_summary(terminalreporter):
    totals = {}
    for outcome in ("passed", "failed"):
        for test in terminalreporter.getreports(outcome):
            for what, (n, things), (difference, unit) in (
                value for name, value in test.user_properties if name == "compared"
            ):
                tests, number, largest = totals.get((what, things, unit), (0, 0, 0.0))
                total = tests + 1, number + n, max(largest, difference)
                totals[what, things, unit] = total
    if totals:
        terminalreporter.section("compared with other simulators")
    for (what, things, unit), (tests, number, largest) in totals.items():
        terminalreporter.write_line(
            f"{what}: {number:,} {things} in {tests} tests, largest difference {largest:.1e} {unit}"
        )
