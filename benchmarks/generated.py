"""Port programs that hypothesis makes up, run them on many Pythons, and print figures.

    python benchmarks/generated.py --programs 10000

What the programs are, ``tests/porter/generated_programs.py`` says; what they are ported to and run on,
``generated_runs.py`` beside it. The exit status is 1 when a port does not do what the program did.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "porter"))

from generated_programs import programs
from generated_runs import Divergence, Runs

_CHUNK = 250
"""So many programs are made up from one seed."""


@dataclass
class Figures:
    """What became of some programs."""

    programs: int = 0
    lines: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Ports that were not made, by the port and the codes of its findings."""
    diverged: Counter[str] = field(default_factory=Counter)
    """Ports that did something else, did not compile or were not finished."""

    def add(self, other: Figures) -> None:
        """Add others to these."""
        self.programs += other.programs
        self.lines += other.lines
        self.refused += other.refused
        self.diverged += other.diverged

    def __str__(self) -> str:
        shown = [f"{self.programs} programs, {self.lines} lines"]
        for what, counts in (("refused", self.refused), ("diverged", self.diverged)):
            shown.append(f"{what}: {sum(counts.values())}")
            shown += [f"    {count} {kind}" for kind, count in sorted(counts.items())]
        return "\n".join(shown)


def figures_of(first: int, number: int, keep: Path) -> Figures:
    """Run as many programs, made up from the seed ``first``; what diverges is kept."""
    figures = Figures()
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
            figures.programs += 1
            figures.lines += text.count("\n")
            try:
                runs.check(text)
            except Divergence as error:
                figures.diverged[error.kind] += 1
                name = error.kind.replace(":", "").replace(" ", "_")
                (keep / f"{name}-{first}-{figures.programs}.txt").write_text(str(error), encoding="utf-8")

        run()
        figures.refused.update(runs.refused)
    return figures


def main() -> int:
    """Run what the command line says; gives the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--programs", type=int, default=10000, metavar="N", help="how many (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="other seeds give other programs")
    parser.add_argument(
        "--keep",
        type=Path,
        default=Path(tempfile.gettempdir(), "aioport-diverged"),
        metavar="DIR",
        help="for what diverges (default: %(default)s)",
    )
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    with Runs() as runs:
        if runs.missing:
            parser.error(f"there is no Python {', '.join(runs.missing)} that can run ported programs")
    started = time.monotonic()
    every = Figures()
    for figures in _all_figures(options):
        every.add(figures)
        print(f"{every.programs} programs, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(every, f"time: {time.monotonic() - started:.0f} s", sep="\n")
    return 1 if every.diverged else 0


def _all_figures(options: argparse.Namespace) -> Iterator[Figures]:
    sizes = [min(_CHUNK, options.programs - done) for done in range(0, options.programs, _CHUNK)]
    with ProcessPoolExecutor(options.jobs) as pool:
        started = [
            pool.submit(figures_of, options.seed + number, size, options.keep) for number, size in enumerate(sizes)
        ]
        for future in as_completed(started):
            yield future.result()


if __name__ == "__main__":
    sys.exit(main())
