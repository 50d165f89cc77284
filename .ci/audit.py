"""Compare the pinned packages with the list of known weaknesses: ``make audit``.

Exit codes: 0 compared and clean, 1 weaknesses or a wrong list of exceptions, 3 not compared (no network).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLEAN, FOUND, NOT_COMPARED = 0, 1, 3


def main() -> int:
    """Ask pip-audit and say what it found."""
    exceptions = read_exceptions(ROOT / ".ci" / "audit-exceptions.txt")
    if exceptions is None:
        return FOUND
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "constraints.txt"), "--no-deps"]
    command += ["--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "20"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print("NICHT GEPRÜFT: Die Liste bekannter Schwachstellen war nicht erreichbar.", file=sys.stderr)
        print((done.stderr.strip().splitlines() or ["pip-audit sagte nichts."])[-1][:300], file=sys.stderr)
        return NOT_COMPARED
    return report(packages, exceptions)


def read_exceptions(path: Path) -> dict[str, str] | None:
    """Reasons by the id of the weakness; ``None`` when one has no reason."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    exceptions = {name: reason.strip() for name, _, reason in (line.partition(" ") for line in lines)}
    unreasoned = [name for name, reason in exceptions.items() if not reason]
    for name in unreasoned:
        print(f"Die Ausnahme {name} hat keine Begründung.", file=sys.stderr)
    return None if unreasoned else exceptions


def report(packages: list[dict], exceptions: dict[str, str]) -> int:
    """Print what is open; nothing counts as clean that was skipped."""
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    found = [(one, weakness) for one in packages for weakness in one.get("vulns", ())]
    open_ones = [(one, known) for one, known in found if not {known["id"], *known["aliases"]} & exceptions.keys()]
    for one, known in open_ones:
        fixed = ", ".join(known["fix_versions"]) or "keine"
        print(f"{one['name']} {one['version']}: {known['id']} (behoben in: {fixed})")
    if skipped:
        print(f"NICHT GEPRÜFT: {len(skipped)} Pakete, etwa {', '.join(skipped[:3])}.", file=sys.stderr)
    print(f"{len(packages) - len(skipped)} Pakete geprüft, {len(open_ones)} offene Schwachstellen, "
          f"{len(found) - len(open_ones)} begründete Ausnahmen.")  # fmt: skip
    return FOUND if open_ones else NOT_COMPARED if skipped else CLEAN


if __name__ == "__main__":
    sys.exit(main())
