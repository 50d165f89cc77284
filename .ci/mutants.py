"""Change the code in small ways and see whether the tests notice: ``make mutants``.

A mutant is one small change in ``assistant/``. It is judged in a private copy of the repository by the tests of its
package: first ``tests/<package>/**/test_<module>.py``, then the rest of ``tests/<package>``, then with ``--with-slow``
those marked slow and, for ``web``, ``tests/server`` and ``tests/browser``. A test that fails twice, code that does not
load and tests that do not end kill it; what survives shows a line that the tests run past. The working tree is never
touched.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mutations import Mutant, Tree, draw

LEFT_AT_HOME = shutil.ignore_patterns(".git", ".venv", ".netzlotse", ".hypothesis", ".*_cache")
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+?\.py(?:::.*?)?)(?: - .*)?$", re.MULTILINE)
NO_TESTS = 5  # pytest's exit code
UNCHANGED_LIMIT = 1800.0
PATIENCE = 10  # the limit is one of computing; so much longer may tests wait, be it for a busy machine
Record = dict[str, Any]
QUICK, SLOW, ALL = "not slow", "slow", ""  # pytest's -m


@dataclass(frozen=True)
class Stage:
    """Test files, and which of their tests to run."""

    files: list[str]
    marks: str


@dataclass(frozen=True)
class TestRun:
    """How one run of pytest ended; ``code`` is ``None`` when it had to be stopped."""

    code: int | None
    computing: float  # seconds of all processors together
    failed: list[str]
    output: str

    @property
    def passed(self) -> bool:
        """Whether no test failed."""
        return self.code in (0, NO_TESTS)


def stages_of(tree: Tree, package: str, module: str, with_slow: bool) -> list[Stage]:
    """What judges a change of a module, in this order: its own tests and what is quick come first."""
    tests = tree.tests(package)
    own = tree.own_tests(module, tests)
    others = [path for path in tests if path not in own]
    stages = [Stage(own, QUICK), Stage(others, QUICK)]
    if with_slow:
        stages += [Stage(own, SLOW), Stage(others, SLOW), Stage(tree.served_tests(package), ALL)]
    return [stage for stage in stages if stage.files]


def run_tests(root: Path, limit: float, stage: Stage, *options: str) -> TestRun:
    """Run tests inside a copy, which is imported before what is installed; nothing is left running."""
    command = ["sh", "-c", f'ulimit -S -t {limit:.0f}; exec "$@"', "sh"]
    command += [sys.executable, "-m", "pytest", "-q", "-o", f"cache_dir={root.parent / 'pytest-cache'}", "-rfE"]
    if '"slow' in (root / "pyproject.toml").read_text(encoding="utf-8"):  # pytest refuses to tell by unknown marks
        command += ["-m", stage.marks]
    scratch = root.with_name(f"{root.name}-scratch")
    scratch.mkdir(exist_ok=True)
    places = dict.fromkeys(("TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME"), str(scratch))
    computed = _computed()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.Popen(
            [*command, *options, *stage.files],
            cwd=root,
            env=os.environ | places | {"PYTHONPATH": str(root)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        code = None
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(PATIENCE * limit)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        output.seek(0)
        text = output.read()
    shutil.rmtree(scratch, ignore_errors=True)
    failed = list(dict.fromkeys(FAILED.findall(text)))
    return TestRun(None if code == -signal.SIGXCPU else code, _computed() - computed, failed, text)


def _computed() -> float:
    """Seconds that all ended child processes have computed."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_unchanged(tree: Tree, root: Path, package: str, with_slow: bool) -> Record:
    """What a package's tests cost without any change, and those to leave out because they fail even so."""
    runs = [run_tests(root, UNCHANGED_LIMIT, stage) for stage in stages_of(tree, package, "", with_slow)]
    for run in runs:
        if not run.passed and not run.failed:
            raise SystemExit(f"{run.output[-2000:]}\nThe tests of {package} do not run without a change.")
    return {
        "computing": round(sum(run.computing for run in runs), 1),
        "left_out": [name for run in runs for name in run.failed],
    }


def judge(root: Path, package: str, stages: Sequence[Stage], mutant: Mutant, unchanged: Record, limit: float) -> Record:
    """Apply a mutant inside a copy, run the tests until one fails, and undo it."""
    target = root / mutant.path
    started, source = time.monotonic(), target.read_bytes()
    try:
        target.write_bytes(mutant.applied_to(source))
        _forget_compiled(target)
        limit = max(limit, 3 * unchanged["computing"])
        by = next(filter(None, (_killer(root, limit, stage, unchanged["left_out"]) for stage in stages)), "")
    finally:
        target.write_bytes(source)
        _forget_compiled(target)
    verdict = {"package": package, "status": "killed" if by else "survived", "by": by}
    return asdict(mutant) | verdict | {"seconds": round(time.monotonic() - started, 1)}


def _killer(root: Path, limit: float, stage: Stage, left_out: Sequence[str]) -> str:
    """The first test that fails, and fails again alone: on a busy machine some fail once."""
    left_out = list(left_out)
    while True:
        leave_out = [f"--{'deselect' if '::' in one else 'ignore'}={one}" for one in left_out]
        run = run_tests(root, limit, stage, "-x", *leave_out)
        if run.passed:
            return ""
        if run.code is None or not run.failed:
            return "time limit" if run.code is None else "import"
        if run.failed[0] in left_out or not run_tests(root, limit, Stage(run.failed[:1], ALL)).passed:
            return run.failed[0]
        left_out.append(run.failed[0])


def _forget_compiled(module: Path) -> None:
    """Python tells compiled files apart by second and size only."""
    for compiled in (module.parent / "__pycache__").glob(f"{module.stem}.*.pyc"):
        compiled.unlink(missing_ok=True)


class Copies:
    """Private copies of a repository, one for each job."""

    def __init__(self, root: Path, folder: Path, jobs: int) -> None:
        self._free: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for number in range(jobs):
            self._free.put(Path(shutil.copytree(root, folder / str(number), ignore=LEFT_AT_HOME)))

    @contextmanager
    def one(self) -> Iterator[Path]:
        """A copy that nobody else uses meanwhile."""
        copy = self._free.get()
        try:
            yield copy
        finally:
            self._free.put(copy)


def judge_all(tree: Tree, options: argparse.Namespace, folder: Path) -> list[Record]:
    """Draw, judge what is not yet known from earlier, and print and keep each verdict as it falls."""
    copies = Copies(tree.root, folder, options.jobs)
    tree = Tree(folder / "0", tree.names)  # what is judged later must be what is drawn now
    drawn = draw(tree, options.count, options.seed, [options.package] if options.package else list(tree.modules()))
    known = load(options.json, f"{tree.digest()}{' with slow tests' * options.with_slow}")
    unchanged: dict[str, Record] = known["unchanged"]
    verdicts: dict[str, Record] = known["verdicts"]
    open_ones = [(package, mutant) for package, mutant in drawn if mutant.key not in verdicts]
    print(f"{len(drawn)} mutants, {len(open_ones)} to judge", flush=True)

    def time_unchanged(package: str) -> tuple[str, Record]:
        with copies.one() as root:
            return package, run_unchanged(tree, root, package, options.with_slow)

    def verdict_on(package: str, mutant: Mutant) -> tuple[Mutant, Record]:
        stages = stages_of(tree, package, mutant.path, options.with_slow)
        with copies.one() as root:
            return mutant, judge(root, package, stages, mutant, unchanged[package], options.limit)

    with ThreadPoolExecutor(options.jobs) as pool:
        try:
            for package, record in pool.map(time_unchanged, sorted({name for name, _ in open_ones} - unchanged.keys())):
                unchanged[package] = record
                lines = [f"unchanged {package}: {record['computing']:.0f} s", *record["left_out"]]
                print(*lines, sep="\n  fails: ", flush=True)
                keep(options.json, known)
            started = time.monotonic()
            for done, future in enumerate(as_completed([pool.submit(verdict_on, *one) for one in open_ones]), start=1):
                mutant, verdict = future.result()
                verdicts[mutant.key] = verdict
                keep(options.json, known)
                show(verdict)
                show_progress(done, len(open_ones), time.monotonic() - started)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [verdicts[mutant.key] for _, mutant in drawn]


def load(path: Path | None, digest: str) -> Record:
    """Earlier results, if they are about the same code and tests."""
    known: Record = json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else {}
    if known and known["digest"] != digest:
        print("Code or tests have changed since; all is judged anew.", file=sys.stderr)
    return known if known.get("digest") == digest else {"digest": digest, "unchanged": {}, "verdicts": {}}


def keep(path: Path | None, known: Record) -> None:
    """Write the results so that an interrupted run can go on."""
    if path:
        path.write_text(json.dumps(known, ensure_ascii=False, indent=1), encoding="utf-8")


def show(one: Record) -> None:
    """One line for one verdict."""
    by = f"  by {one['by']}" if one["by"] else ""
    print(f"{one['status']:8}  {one['place']}  {one['kind']}:  {one['change']}  {one['seconds']:.0f} s{by}", flush=True)


def show_progress(done: int, of: int, seconds: float) -> None:
    """How far it is; the line overwrites itself on a terminal."""
    left = seconds / done * (of - done) / 60
    ends = "\r" if sys.stderr.isatty() and done < of else "\n"
    print(f"{done}/{of}, about {left:.0f} minutes left", end=ends, file=sys.stderr, flush=True)


def show_table(records: Sequence[Record]) -> None:
    """Kill rates by package and in all."""
    print(f"\n{'package':14}{'mutants':>8}{'killed':>8}{'rate':>7}")
    for package in [*sorted({one["package"] for one in records}), "all"]:
        of = [one for one in records if package in ("all", one["package"])]
        killed = sum(one["status"] == "killed" for one in of)
        print(f"{package:14}{len(of):8}{killed:8}{killed / len(of):7.0%}")


def main(arguments: Sequence[str] | None = None, tree: Tree | None = None) -> None:
    """Read the command line, judge, report."""
    tree = tree or Tree(Path(__file__).resolve().parent.parent)
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=100, help="mutants to draw (default: 100)")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws others (default: 1)")
    parser.add_argument("--package", choices=tree.modules(), help="only this package")
    parser.add_argument("--with-slow", action="store_true", help="what is quick does not notice is shown to the slow "
                        "and served tests of the package, too")  # fmt: skip
    parser.add_argument("--jobs", type=int, default=1, help="at the same time, each in a copy of its own (default: 1)")
    parser.add_argument("--limit", type=float, default=180, help="seconds of computing for a mutant's tests, and at "
                        "least three times what they need without a change (default: 180)")  # fmt: skip
    parser.add_argument("--json", type=Path, help="keep the results here; what it holds already is not judged again")
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        records = judge_all(tree, parser.parse_args(arguments), Path(folder))
    show_table(records)


if __name__ == "__main__":
    main()
