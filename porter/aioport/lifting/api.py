"""API names of a style become asyncio's newest, and its positional arguments what asyncio takes by keyword."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from aioport import library
from aioport.findings import Applicability, Severity
from aioport.lifting.context import Lift
from aioport.names import dotted
from aioport.styles import Vocabulary, libraries, vocabularies


def lift_api(lift: Lift) -> None:
    """Rewrite the uses of API names; :func:`aioport.lifting.imports.lift_imports` does what imports them."""
    for attribute in lift.analysis.attributes:
        _lift_attribute(lift, attribute)
    for name in lift.analysis.free:
        _lift_free_name(lift, name)
    for call in lift.analysis.calls:
        _lift_arguments(lift, call)
        _lift_getattr(lift, call)
    if lift.converted():
        _report_questions(lift)
        _report_generator_attributes(lift)


def api_name(origins: frozenset[str]) -> tuple[Vocabulary, str] | None:
    """The style whose API a name surely belongs to, and its name there; not asyncio where it may be another's too."""
    parts = [origin.partition(".") for origin in origins]
    names = {name for _, _, name in parts}
    if not parts or len(names) != 1 or any(owner not in libraries() for owner, _, _ in parts):
        return None
    module = min({owner for owner, _, _ in parts} - {"asyncio"}, default="asyncio")
    return next(v for v in vocabularies() if v.module == module), names.pop()


def _lift_attribute(lift: Lift, node: cst.Attribute) -> None:
    found = api_name(lift.analysis.names.origins(node))
    if found is None or (lift.is_left(node) and not _is_keyword_since(lift, *found)):
        return
    style, name = found
    if name in style.renamed:
        lift.edits.on(node.attr, lambda updated: updated.with_changes(value=style.renamed[name]))
    elif name in style.builtins:
        lift.consume(node)
        lift.edits.replace(node, cst.Name(name, lpar=node.lpar, rpar=node.rpar))
    elif name in style.missing:
        # Under another name the module becomes asyncio as a whole.
        if name in style.helpers and not (lift.keeps_helpers and dotted(node.value) != style.module):
            keep_helper(lift, node, name, style)
        elif node.attr not in lift.consumed:
            report_missing(lift, node, name, style)
    elif name == "Task.current_task" and style.plain_yield_waits:
        lift.report(
            node,
            "task-per-coroutine",
            Severity.WARNING,
            "Trollius ran every nested coroutine in a task of its own, asyncio runs it in its caller's, so the current "
            "task is another one now",
            "check what the task is used for",
            applicability=Applicability.SAFE,
        )


def _is_keyword_since(lift: Lift, style: Vocabulary, name: str) -> bool:
    """Whether the whole file would have to stay for a name of asyncio's in a coroutine that stays (PEP 492)."""
    return style.module == "asyncio" and name == "async" and lift.target_version >= (3, 7)


def _lift_getattr(lift: Lift, call: cst.Call) -> None:
    """``getattr(asyncio, "async")``, which is how the name is written where it is a keyword."""
    if len(call.args) < 2 or not lift.analysis.names.means(call.func, frozenset(["builtins.getattr"])):
        return
    name = call.args[1].value
    if isinstance(name, cst.SimpleString) and not lift.is_left(call):
        origins = lift.analysis.names.origins(call.args[0].value)
        found = api_name(frozenset(f"{origin}.{name.raw_value}" for origin in origins))
        new = found[0].renamed.get(found[1]) if found is not None else None
        if new is not None:
            lift.edits.replace(name, name.with_changes(value=f"{name.prefix}{name.quote}{new}{name.quote}"))


def _lift_free_name(lift: Lift, node: cst.Name) -> None:
    """Rewrite a name that a star import brings."""
    found = api_name(lift.analysis.names.origins(node))
    if found is None or (lift.is_left(node) and not _is_keyword_since(lift, *found)):
        return
    style, name = found
    if name in style.renamed:
        lift.edits.on(node, lambda updated: updated.with_changes(value=style.renamed[name]))
    elif name in style.missing and node not in lift.consumed:
        report_missing(lift, node, name, style)


def keep_helper(lift: Lift, node: cst.CSTNode, name: str, style: Vocabulary) -> None:
    """Let a function that stands for syntax stay the library's, and say so, unless lowering puts it somewhere."""
    if not lift.keeps_helpers:
        return
    if isinstance(node, cst.Attribute):
        lift.staying.add(node.value)
    lift.report(
        node,
        "missing-name",
        Severity.NOTE,
        f"asyncio has no {name}, so it stays {style.module}'s",
        style.missing[name],
        applicability=Applicability.SAFE,
    )


def report_missing(lift: Lift, node: cst.CSTNode, name: str, style: Vocabulary) -> None:
    """Say that asyncio does not have ``name``."""
    lift.report(
        node,
        "missing-name",
        Severity.ERROR,
        f"asyncio has no {name}, only {style.module} does",
        style.missing[name],
    )


def _lift_arguments(lift: Lift, call: cst.Call) -> None:
    found = api_name(lift.analysis.names.origins(call.func))
    if found is not None:
        style, name = found
        if not lift.is_left(call) and name in style.signatures:
            _bind(lift, call, name, style.signatures[name], certain=True)
    elif isinstance(call.func, cst.Attribute) and "trollius" in lift.analysis.names.imported:
        for style in vocabularies():
            signature = style.loop_signatures.get(call.func.attr.value)
            if signature is not None and not lift.is_left(call):
                _bind(lift, call, call.func.attr.value, signature, certain=False)


def _bind(lift: Lift, call: cst.Call, name: str, signature: Sequence[str], *, certain: bool) -> None:
    """Give the arguments that asyncio takes by keyword only their keywords."""
    kept = signature.index("*")
    names = [parameter for parameter in signature if parameter != "*"]
    positional = [arg for arg in call.args if arg.keyword is None and arg.star != "**"]
    starred = any(arg.star == "*" for arg in positional)
    if not starred and len(positional) <= kept:
        return
    if starred or not certain or len(positional) > len(names):
        if starred and kept == len(names):
            return
        lift.report(
            call,
            "positional-arguments",
            Severity.ERROR,
            f"asyncio takes {', '.join(names[kept:])} of {name}() by keyword only, and "
            + ("how many arguments there are is known only at run time" if starred else "more are given by position"),
            "give them by keyword",
        )
        return
    for index, arg in enumerate(positional[kept:], kept):
        keyword = names[index]
        lift.keywords[arg] = keyword
        lift.edits.on(
            arg,
            lambda updated, keyword=keyword: updated.with_changes(  # type: ignore[misc]
                keyword=cst.Name(keyword),
                equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
            ),
        )


def _report_questions(lift: Lift) -> None:
    """Say where something asks whether a function is a generator or a coroutine."""
    for nodes in (lift.analysis.attributes, [n for loads in lift.analysis.loads.values() for n in loads]):
        for node in nodes:
            origins = lift.analysis.names.origins(node)
            if origins and origins <= library.KIND_QUESTIONS:
                lift.report(
                    node,
                    "kind-question",
                    Severity.WARNING,
                    "this asks whether something is a generator or a coroutine, and functions of this project have "
                    "changed from one to the other",
                    "check that the answer is still the one that is wanted",
                )


def _report_generator_attributes(lift: Lift) -> None:
    """Say where something looks into a generator, which a coroutine object lets it do under other names."""
    for node in lift.analysis.attributes:
        if node.attr.value in library.GENERATOR_ATTRIBUTES:
            lift.report(
                node.attr,
                "kind-question",
                Severity.WARNING,
                f"only generators have {node.attr.value}, and functions of this project give coroutines now",
                f"if this is one of those, write {node.attr.value.replace('gi_', 'cr_').replace('yieldfrom', 'await')}",
            )
