"""Checks of what users pass in: one clear line that names argument, value and rule.

What is of the wrong kind raises TypeError, what has the wrong value ValueError.
"""

from .arrays import (
    chosen,
    finite_array,
    first_place,
    in_range,
    integer_array,
    matrix,
    show_place,
    vector,
)
from .messages import outside, shown, unknown
from .reprs import brief, brief_repr, first_of, in_short
from .scalars import (
    LATEST,
    LONGEST,
    SHORTEST,
    exact,
    generator,
    integer,
    is_single,
    multiple,
    number,
    set_numbers,
    span,
    time_constant,
    window,
)
from .spikes import sample_arrays, sorted_spikes, spike_arrays, spike_train, spikes
from .units import in_unit, unit_among

__all__ = [
    "LATEST",
    "LONGEST",
    "SHORTEST",
    "brief",
    "brief_repr",
    "chosen",
    "exact",
    "finite_array",
    "first_of",
    "first_place",
    "generator",
    "in_range",
    "in_short",
    "in_unit",
    "integer",
    "integer_array",
    "is_single",
    "matrix",
    "multiple",
    "number",
    "outside",
    "sample_arrays",
    "set_numbers",
    "show_place",
    "shown",
    "sorted_spikes",
    "span",
    "spike_arrays",
    "spike_train",
    "spikes",
    "time_constant",
    "unit_among",
    "unknown",
    "vector",
    "window",
]
