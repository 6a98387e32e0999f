"""Instructions per event, counted by valgrind: a measure that other work on a machine cannot blur.

python benchmarks/count_instructions.py              # counts: under a minute; needs valgrind
python benchmarks/count_instructions.py --check      # fails where a count is over the baseline
python benchmarks/count_instructions.py --write      # makes the counts the baseline
python benchmarks/count_instructions.py --places     # where they are; by source file if built with

    pip install . -C cmake.define.CMAKE_CXX_FLAGS=-g -C cmake.define.CMAKE_STRIP=/bin/true

Counted are two runs that differ in their length alone, so that start and build cancel. The baseline
(`instructions.json`) says what it was counted with; where compiler, C library, valgrind or the
processor's features differ, `--check` compares nothing and says so. valgrind 3.19 knows no AVX-512:
under it the core runs the widest of its versions that valgrind knows.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from callgrind_profile import instructions

import postdict._core

HERE = Path(__file__).parent
BASELINE = HERE / "instructions.json"
ALLOWED = 1.1  # times the baseline
SPANS = {
    "loop-100": (500, 3500),
    "loop-400": (200, 600),
    "jump": (100, 500),
    "cuba": (100, 700),
    "coba": (50, 150),
}
"""By workload, the two durations (ms) of which the difference is counted."""


def counted_run(name: str, duration: float) -> tuple[Counter[str], int]:
    """Return the instructions of a whole process by place, and the events of its run."""
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}"]
        command += [
            sys.executable,
            str(HERE / "run_postdict.py"),
            name,
            "--duration",
            str(duration),
        ]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"},
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
        return instructions(profile), json.loads(done.stdout)["events"]


def per_event(name: str) -> dict[str, float]:
    """Return the instructions per event of a workload by place."""
    (start, before), (end, after) = (counted_run(name, duration) for duration in SPANS[name])
    return {place: (end[place] - start[place]) / (after - before) for place in end}


def counted_with() -> dict[str, Any]:
    """Return everything on which the counts depend besides postdict itself."""
    core = Path(postdict._core.__file__).read_bytes()
    compilers = sorted(set(re.findall(rb"(?:GCC: \(|clang version )[ -~]+", core)))
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    flags = set(re.search(r"^flags\s*:(.*)$", info, re.MULTILINE)[1].split())
    version = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True)
    return {
        "compiler": [each.decode() for each in compilers],
        "libc": " ".join(platform.libc_ver()),
        "valgrind": version.stdout.strip(),
        "processor": [platform.machine(), *sorted(flags & {"avx", "avx2", "fma", "sse4_2"})],
    }


def show(counts: dict[str, float], baseline: dict[str, Any]) -> None:
    print(dt.datetime.now(tz=dt.UTC).date())
    print("\n| workload | instructions per event | baseline |\n|---|---|---|")
    for name, count in counts.items():
        known = baseline.get("per_event", {}).get(name)
        print(f"| {name} | {count:.1f} | {'' if known is None else f'{known:.1f}'} |")


def show_places(name: str, places: dict[str, float]) -> None:
    """Print where the instructions of a workload are, down to a hundredth of them."""
    print(f"\n| {name}: where | instructions per event |\n|---|---|")
    for place, count in sorted(places.items(), key=lambda item: -item[1]):
        if count > 0.01 * sum(places.values()):
            print(f"| {place} | {count:.1f} |")


def check(counts: dict[str, float], baseline: dict[str, Any]) -> None:
    """Fail where a count is more than 10 % over its baseline."""
    known = baseline["per_event"]
    over = [name for name, count in counts.items() if count > ALLOWED * known.get(name, count)]
    if over:
        raise SystemExit(f"more than {ALLOWED:g} times the baseline's instructions: {over}")
    print(f"\nNo count is more than {ALLOWED:g} times its baseline of {baseline['date']}.")


def main() -> None:
    parser = argparse.ArgumentParser(description="Instructions per event, by valgrind.")
    parser.add_argument("workloads", nargs="*", help=f"of {', '.join(SPANS)}; all by default")
    parser.add_argument("--places", action="store_true", help="where in the core they are")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    baseline = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    here = counted_with()
    if options.check and baseline.get("counted_with") != here:
        print(f"Nothing to compare: here {here},\nbaseline {baseline.get('counted_with')}.")
        return
    names = options.workloads or list(SPANS)
    with ThreadPoolExecutor(2) as executor:  # of which neither changes what the other counts
        places = dict(zip(names, executor.map(per_event, names), strict=True))
    counts = {name: round(sum(of.values()), 2) for name, of in places.items()}
    show(counts, baseline)
    for name, of in places.items() if options.places else ():
        show_places(name, of)
    if options.check:
        check(counts, baseline)
    if options.write:
        result = {
            "date": str(dt.datetime.now(tz=dt.UTC).date()),
            "version": importlib.metadata.version("postdict"),
            "counted_with": here,
            "per_event": {**baseline.get("per_event", {}), **counts},
        }
        BASELINE.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
