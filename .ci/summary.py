"""Sums up the JUnit files of a CI run: which environments ran, and how many tests in all.

Usage: summary.py FOLDER
"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def main(folder: Path) -> int:
    """Print a line an environment and the sums; the result is the exit status."""
    passed = failed = skipped = 0
    for path in sorted(folder.glob("*/junit.xml")):
        tests = bad = left = 0
        for suite in ElementTree.parse(path).iter("testsuite"):
            tests += int(suite.get("tests", 0))
            bad += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            left += int(suite.get("skipped", 0))
        print(f"{path.parent.name}: {tests - bad - left} passed, {bad} failed, {left} skipped")
        passed, failed, skipped = passed + tests - bad - left, failed + bad, skipped + left
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if passed and not failed else 1


sys.exit(main(Path(sys.argv[1])))
