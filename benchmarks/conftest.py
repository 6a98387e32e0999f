"""Let pytest find the modules that the benchmarks share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
