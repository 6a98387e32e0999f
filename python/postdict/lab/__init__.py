"""What an experiment stands on: settings, trials, long runs, checkpoints, results, files."""
