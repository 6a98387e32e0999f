"""Experiments by the name under which the command line runs them.

Each is a package of its own that offers what `postdict.experiments.experiment.Experiment` lists,
and imports no other.
"""

EXPERIMENTS = {
    "adaptation": "postdict.experiments.adaptation",
    "detailed-balance": "postdict.experiments.detailed_balance",
    "ei-balance": "postdict.experiments.ei_balance",
    "imitation": "postdict.experiments.imitation",
    "inverse-model": "postdict.experiments.inverse_model",
    "measured-window": "postdict.experiments.measured_window",
    "mirror-offset": "postdict.experiments.mirror_offset",
    "negative-image": "postdict.experiments.negative_image",
    "pendulum": "postdict.experiments.pendulum",
    "plants": "postdict.experiments.plants",
    "scaling": "postdict.experiments.scaling",
    "song": "postdict.experiments.song",
    "sparse-activity": "postdict.experiments.sparse_activity",
    "stdp-window": "postdict.experiments.stdp_window",
    "theory": "postdict.experiments.theory",
    "vogels2011": "postdict.experiments.vogels2011",
}
