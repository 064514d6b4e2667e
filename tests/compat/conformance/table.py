"""Runs the conformance suite with the given interpreters and writes the table of ``compat/README.rst``.

::

    python tests/compat/conformance/table.py python2.7 python3.6 ... pypy3

Each needs pytest, and on 2.7 what ``compat/requirements.txt`` says.
"""

import io
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
README = os.path.join(ROOT, "compat", "README.rst")
BEGINS, ENDS = ".. The table, made by tests/compat/conformance/table.py.\n", ".. End of the table.\n"


def main(interpreters):
    records = [record(interpreter) for interpreter in interpreters]
    failed = sorted(
        "%s: %s" % (record["runtime"], test)
        for record in records
        for tests in record["outcomes"].values()
        for test, outcome in tests.items()
        if outcome == "failed"
    )
    if failed:
        sys.exit("\n".join(failed))
    with io.open(README, encoding="utf-8") as file:
        before, _, after = divided(file.read())
    with io.open(README, "w", encoding="utf-8") as file:
        file.write(before + BEGINS + table(records) + ENDS + after)


def record(interpreter):
    descriptor, path = tempfile.mkstemp()
    os.close(descriptor)
    paths = [os.path.join(ROOT, "compat")] + [path for path in [os.environ.get("PYTHONPATH")] if path]
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(paths), PYTHONDONTWRITEBYTECODE="1")
    environment["AIOCOMPAT_RECORD"] = path
    try:
        subprocess.call([interpreter, "-m", "pytest", "-q", HERE], cwd=ROOT, env=environment)
        with open(path) as file:
            return json.load(file)
    finally:
        os.remove(path)


def divided(text):
    """What is before the table, the table, what is after it."""
    before, rest = text.split(BEGINS)
    inside, after = rest.split(ENDS)
    return before, inside, after


def differences():
    """All (version, text) of the ``differs`` marks in the suite, in the order of the versions."""
    found = set()
    for name in os.listdir(HERE):
        if name.startswith("test_"):
            with io.open(os.path.join(HERE, name), encoding="utf-8") as file:
                found.update(re.findall(r'^@differs\("([\d.]+)", "(.+)"\)$', file.read(), re.MULTILINE))
    return sorted(found, key=lambda item: ([int(part) for part in item[0].split(".")], item[1]))


def table(records):
    notes = differences()
    numbers = {text: number for number, (_, text) in enumerate(notes, 1)}
    rows = [["name"] + [record["runtime"] for record in records]]
    for name in sorted({name for record in records for name in record["outcomes"]}, key=str.lower):
        rows.append([name] + [cell(record["outcomes"].get(name, {}), numbers) for record in records])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rule = "  ".join("=" * width for width in widths)
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows]
    text = [rule, lines[0], rule] + lines[1:] + [rule, ""]
    text += ["%d. Before %s: %s." % (number, since, why) for number, (since, why) in enumerate(notes, 1)]
    return "\n" + "\n".join(text) + "\n\n"


def cell(outcomes, numbers):
    if not outcomes:
        return "?"
    differing = sorted({numbers[why] for whys in outcomes.values() if isinstance(whys, list) for why in whys})
    return ",".join(str(number) for number in differing) or "yes"


if __name__ == "__main__":
    main(sys.argv[1:])
