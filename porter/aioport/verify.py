"""Reading the output back before it is written: what fails here is a bug of ours, and is not written."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from aioport.config import WITH_LOCK_ENDS, Settings
from aioport.facts import facts_of
from aioport.findings import Applicability, Finding, Location, Severity
from aioport.functions import Definition, Function
from aioport.inference import Decision, Verdict, infer
from aioport.lifting import Lift
from aioport.parsing import Parsed, Reading, Unportable, compile_error, parse, parse_source
from aioport.pivot import Lowered
from aioport.shield import shield
from aioport.source import SourceError

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def check_names(parsed: Parsed, text: str, lift: Lift, settings: Settings) -> None:
    """Refuse a file that still uses ``async`` or ``await`` as a name where the target has them as keywords.

    ``text`` is the ported file, still shielded. Raises :class:`Unportable`, with what else ``lift`` left: that may be
    why a name could not be ported.
    """
    if not settings.renames_keywords or not any(parsed.shielded.names_in(text)):
        return
    path = parsed.source.path
    taken = lift.renames.taken
    names = (
        Finding(
            Location(path, line, col + 1, line, line),
            "keyword-name",
            Severity.ERROR,
            Applicability.MANUAL,
            f"{word} is a keyword since Python 3.7, and {_why_kept(word, taken, settings)}, so the whole file is left",
            "rename it, or choose another --keyword-suffix" if word in taken else "rename it",
        )
        for line, col, word in parsed.shielded.names_in(parsed.shielded.text)
    )
    raise Unportable(tuple(sorted((*parsed.in_original(names), *_left(lift)))))


def _left(lift: Lift) -> Iterator[Finding]:
    return (finding for finding in lift.findings if finding.severity is Severity.ERROR)


def _why_kept(word: str, taken: Collection[str], settings: Settings) -> str:
    return f"{word}{settings.keyword_suffix} is taken" if word in taken else "it was not renamed here"


def check_compiles(parsed: Parsed, text: str, lift: Lift) -> None:
    """Compile the ported ``text`` (still shielded, so that old names are no syntax errors).

    Raises :class:`Unportable` where the file did not compile before either, which only newer and older Pythons may take
    (until 3.7 a comprehension could yield), with what ``lift`` left; :class:`SourceError` where the port does not.
    """
    path = parsed.source.path
    error = compile_error(text, path)
    if error is None:
        return
    if (before := compile_error(parsed.shielded.text, path)) is not None:
        refused = Finding(
            Location(path, before.lineno or 1, before.offset or 1, before.lineno or 1, before.lineno or 1),
            "not-python",
            Severity.ERROR,
            Applicability.MANUAL,
            f"the Python that runs aioport cannot compile it, so the whole file is left: {before.msg}",
            "write it in a way that all Pythons take, or run aioport on a Python that takes it",
        )
        raise Unportable(tuple(sorted((*parsed.in_original([refused]), *_left(lift)))))
    message = f"the port of this file does not compile: {error.msg} (in line {error.lineno} of the output)"
    raise SourceError(path, "bug", message, "please report it to aioport, with the file")


def check_stable(
    parsed: Parsed,
    output: bytes,
    before: Lift,
    lifted: Callable[[Parsed, dict[str, Decision]], Lift],
    rendered: Callable[[Lift], str],
) -> None:
    """Port the ported file again, with the same decisions: nothing may change. Raises :class:`SourceError`."""
    path = parsed.source.path
    again = parse(output, path, before.target_version, Reading(aliases=parsed.reading.aliases))
    lift = lifted(again, _carried(before, again.analysis.functions))
    if lift.edits and rendered(lift) != again.shielded.text:
        message = "porting the port of this file changes it again"
        raise SourceError(path, "bug", message, "please report it to aioport, with the file")


def check_read_back(
    parsed: Parsed,
    done: Lowered,
    before: Lift,
    settings: Settings,
    lifted: Callable[[Parsed, dict[str, Decision], str, Settings], Lift],
    rendered: Callable[[Lift], str],
) -> None:
    """Lift the lowered text: it must give the tree of the pivot it came from, so porting it again changes nothing.

    Trees, because what the author put into parentheses without need comes back without. Functions of which a pass said
    that they do not come back are left out, and then the module around the functions is. Raises :class:`SourceError`.
    """
    path = parsed.source.path
    # Whether the output is portable again is not asked here: what may be a lock or not reads as it was written.
    reading = Reading(aliases=parsed.reading.aliases)
    again = parse_source(replace(parsed.source, text=done.text), WITH_LOCK_ENDS, reading)
    lift = lifted(again, _read_as(again, path, before), path, settings)
    text = again.shielded.unshield(rendered(lift))
    if text == done.pivot:
        return
    expected, got = trees(done.pivot, done.unlike), trees(text, done.unlike)
    if expected != got:
        name = next((name for (name, old), (_, new) in zip(expected, got) if old != new), "")
        what = f"{name}() in the port of this file does" if name else "the port of this file does"
        message = f"{what} not read back as what it was made from"
        raise SourceError(path, "bug", message, "please report it to aioport, with the file")


def trees(text: str, unlike: frozenset[str]) -> list[tuple[str, str]]:
    """Each function of async/await ``text`` that has to read back with its tree; the module first, with no name."""
    found: list[tuple[str, str]] = []

    def enter(node: ast.AST, name: str) -> None:
        if isinstance(node, _DEFINITIONS):
            name = f"{name}.{node.name}".lstrip(".")
        if not isinstance(node, ast.ClassDef) and isinstance(node, (ast.Module, *_DEFINITIONS)) and name not in unlike:
            found.append((name, ast.dump(node)))
        for child in ast.iter_child_nodes(node):
            enter(child, name)

    enter(ast.parse(shield(text).text), "")
    return found


def _read_as(again: Parsed, path: str, before: Lift) -> dict[str, Decision]:
    """Decisions on the functions of an output: what was a coroutine is one, what was left is left."""
    decided = _by_name(before)
    result = infer([facts_of(again.analysis, path, b"")])[path] if again.analysis.functions else {}
    for function in again.analysis.functions:
        earlier = decided.get(function.qualname)
        if earlier:
            # What is waited for by a method is so already.
            result[function.key] = replace(result[function.key], verdict=earlier.pop(0).verdict, objects=())
    return result


def _by_name(before: Lift) -> dict[str, list[Decision]]:
    """The decisions on the functions of each qualified name, in order, as they hold for what became of them."""
    decided: dict[str, list[Decision]] = defaultdict(list)
    for function in before.analysis.functions:
        decision = before.decisions[function.key]
        if before.gives_iterator(function):
            decision = replace(decision, verdict=Verdict.GENERATOR)
        decided[function.qualname].append(decision)
    return decided


def _carried(before: Lift, functions: list[Function]) -> dict[str, Decision]:
    """The decisions on the functions of the output: those of the functions they were made from, by name and order."""
    decided = _by_name(before)
    result = {}
    for function in functions:
        earlier = decided.get(function.qualname)
        added = Decision(Verdict.NATIVE if function.definition is Definition.NATIVE else Verdict.FUNCTION)
        decision = earlier.pop(0) if earlier else added
        # What was adapted to call into native coroutines calls their iterators now, and classes have what they lacked.
        result[function.key] = replace(
            decision, to_native=frozenset(), to_both=frozenset(), awaits_as_well=False, objects=()
        )
    return result
