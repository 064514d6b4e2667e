"""Port and run programs that hypothesis makes up, and print figures.

    python benchmarks/generated.py --programs 10000 --jobs 2
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "porter"))

from generated_programs import programs
from generated_runs import Divergence, Runs


def measured(first: int, number: int, keep: str | None) -> tuple[int, Counter[str], Counter[str]]:
    """How many programs were run; the refused ones; the divergences."""
    ran = 0
    diverged: Counter[str] = Counter()
    with Runs(sparing=True) as runs:

        @seed(first)
        @settings(
            max_examples=number,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(programs())
        def run(text: str) -> None:
            nonlocal ran
            ran += 1
            try:
                runs.check(text)
            except Divergence as error:
                diverged[error.kind] += 1
                if keep:
                    path = Path(keep) / f"{error.kind.replace(' ', '_').replace(':', '')}-{first}-{ran}.txt"
                    path.write_text(str(error))

        run()
        return ran, Counter(runs.refused), diverged


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=int, default=10000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep")
    options = parser.parse_args()
    started = time.monotonic()
    refused: Counter[str] = Counter()
    diverged: Counter[str] = Counter()
    ran = 0
    size = options.programs // options.jobs
    with ProcessPoolExecutor(options.jobs) as pool:
        for some in pool.map(
            measured,
            range(options.seed, options.seed + options.jobs),
            [size] * options.jobs,
            [options.keep] * options.jobs,
        ):
            ran += some[0]
            refused += some[1]
            diverged += some[2]
    print(f"{ran} programs, {time.monotonic() - started:.0f} s")
    for what, counts in (("refused", refused), ("diverged", diverged)):
        print(f"{what}: {sum(counts.values())}")
        for kind, count in sorted(counts.items()):
            print(f"    {count} {kind}")
    return 1 if diverged else 0


if __name__ == "__main__":
    sys.exit(main())
