"""Measures of what a network does and has learned: pure functions of spikes and matrices.

Times in ms, rates in Hz, matrices [post, pre]; spikes are two flat arrays, times and ids.
"""

from .balance import fluxes, imbalance, window_areas
from .correlograms import autocorrelation, cross_correlogram, cross_correlograms
from .currents import ei_correlation, low_passed
from .distances import population_distance, van_rossum, victor_purpura
from .imitation import Imitation, score_imitation
from .inverse import (
    InverseQuality,
    inverse_quality,
    specific_gain,
    specific_part,
    uniform_inhibition,
)
from .operating_state import isi_cv, pairwise_correlation
from .predictable import predictable_variance
from .response import measure_response
from .sequences import perturb, poisson_sequence
from .sparseness import lifetime_sparseness, population_sparseness, treves_rolls
from .triggered import spike_triggered_average

__all__ = [
    "Imitation",
    "InverseQuality",
    "autocorrelation",
    "cross_correlogram",
    "cross_correlograms",
    "ei_correlation",
    "fluxes",
    "imbalance",
    "inverse_quality",
    "isi_cv",
    "lifetime_sparseness",
    "low_passed",
    "measure_response",
    "pairwise_correlation",
    "perturb",
    "poisson_sequence",
    "population_distance",
    "population_sparseness",
    "predictable_variance",
    "score_imitation",
    "specific_gain",
    "specific_part",
    "spike_triggered_average",
    "treves_rolls",
    "uniform_inhibition",
    "van_rossum",
    "victor_purpura",
    "window_areas",
]
