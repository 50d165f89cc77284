"""``python -m assistant.training``: learn adapter, reader and decision, write the weights and their model card."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from assistant.training.course import STAGES, Course, Options


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and run the stages asked for."""
    defaults = Options()
    parser = argparse.ArgumentParser(prog="python -m assistant.training", description=__doc__)
    parser.add_argument("--out", type=Path, help="folder for the weights (default: the candidates)")
    parser.add_argument("--work", type=Path, help="folder for checkpoints (default: training/ in the data folder)")
    parser.add_argument("--only", choices=STAGES, action="append", help="only this stage; may repeat")
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--adapter-passes", type=int, default=defaults.adapter_passes)
    parser.add_argument("--reader-passes", type=int, default=defaults.reader_passes)
    parser.add_argument("--at-most", type=int, help="try it with so many examples of each part, drawn by the seed")
    parser.add_argument("--fresh", action="store_true", help="forget the checkpoints of an earlier run")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING)
    options = Options(given.seed, given.adapter_passes, given.reader_passes, given.fresh, given.at_most)
    Course(options, given.work, given.out).run(given.only or STAGES)


if __name__ == "__main__":
    main()
