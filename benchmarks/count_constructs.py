"""Count what a tree still has in the old styles; on CPython 2.7 and 3.x, without the porter's code.

    python count_constructs.py FOLDER

prints one JSON object: for each ``.py`` file below FOLDER, by its path relative to it,
``{"error": null, "constructs": [{"kind": ..., "line": ..., "text": ...}]}``; ``error`` says why
the file does not compile on the interpreter that runs this. Kinds:

``coroutine``        asyncio's or Trollius's ``coroutine``, as a decorator, called or imported
``yield-from``       in a function under a coroutine decorator, or under an unknown one
``undecorated``      ``yield from`` in a function without a decorator that could make it one
``From``, ``Return`` Trollius's, wherever they are named
``async``            ``asyncio.async``, ``trollius.async``
``trollius``         an import of Trollius or from it
"""

import ast
import json
import os
import sys
import warnings

_LIBRARIES = ("asyncio", "trollius")
_OLD_NAMES = {
    "asyncio": ("coroutine", "async"),
    "trollius": ("coroutine", "async", "From", "Return"),
}
_GENERATOR_DECORATORS = (
    "abstractmethod",
    "classmethod",
    "contextmanager",
    "fixture",
    "property",
    "staticmethod",
    "yield_fixture",
)
_FUNCTIONS = tuple(getattr(ast, name) for name in ("FunctionDef", "AsyncFunctionDef", "Lambda") if hasattr(ast, name))
_YIELD_FROM = getattr(ast, "YieldFrom", ())


def constructs_of(tree):
    """All old-style constructs of a parsed module, as dictionaries in the order of their lines."""
    found = _Counter(tree).found()
    return sorted(found, key=lambda item: (item["line"], item["kind"], item["text"]))


class _Counter(ast.NodeVisitor):
    """Resolves names for a whole file, not by scope: too many are counted rather than too few."""

    def __init__(self, tree):
        self._tree = tree
        self._found = []
        self._functions = []
        self._modules = {}
        self._names = {}

    def found(self):
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Import):
                self._bind_import(node)
            elif isinstance(node, ast.ImportFrom):
                self._bind_from_import(node)
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                kind = self._old_name(node.value)
                if kind:
                    self._names[node.targets[0].id] = kind
        self.visit(self._tree)
        return self._found

    def _bind_import(self, node):
        for alias in node.names:
            library = alias.name.split(".")[0]
            if library in _LIBRARIES:
                self._modules[alias.asname or library] = library

    def _bind_from_import(self, node):
        library = (node.module or "").split(".")[0]
        if node.level or library not in _LIBRARIES:
            return
        for alias in node.names:
            if alias.name == "*":
                self._names.update((name, name) for name in _OLD_NAMES[library])
            elif alias.name in _OLD_NAMES[library]:
                self._names[alias.asname or alias.name] = alias.name
            else:
                self._modules[alias.asname or alias.name] = library

    def _old_name(self, node):
        """Which old-style name an expression is: ``coroutine``, ``From``, ...; None for others."""
        if isinstance(node, ast.Name):
            return self._names.get(node.id)
        if not isinstance(node, ast.Attribute):
            return None
        root = node.value
        while isinstance(root, ast.Attribute):
            root = root.value
        library = self._modules.get(getattr(root, "id", None))
        return node.attr if node.attr in _OLD_NAMES.get(library, ()) else None

    def _add(self, kind, node, text):
        self._found.append({"kind": kind, "line": node.lineno, "text": text})

    def visit_Import(self, node):
        for alias in node.names:
            if alias.name.split(".")[0] == "trollius":
                self._add("trollius", node, "import " + alias.name)

    def visit_ImportFrom(self, node):
        library = (node.module or "").split(".")[0]
        if node.level or library not in _LIBRARIES:
            return
        if library == "trollius":
            self._add("trollius", node, "from %s import" % node.module)
            return
        for alias in node.names:
            if alias.name in _OLD_NAMES[library]:
                self._add(alias.name, node, "from %s import %s" % (node.module, alias.name))

    def visit_Name(self, node):
        kind = self._old_name(node)
        if kind and isinstance(node.ctx, ast.Load):
            self._add(kind, node, node.id)

    def visit_Attribute(self, node):
        kind = self._old_name(node)
        if kind:
            self._add(kind, node, node.attr)
        self.generic_visit(node)

    def visit(self, node):
        if isinstance(node, _FUNCTIONS):
            self._visit_function(node)
        elif isinstance(node, _YIELD_FROM):
            self._add_yield_from(node)
            self.generic_visit(node)
        else:
            super(_Counter, self).visit(node)

    def _visit_function(self, node):
        """Decorators, defaults and annotations belong to what is around the function."""
        body = node.body if isinstance(node.body, list) else [node.body]
        for child in ast.iter_child_nodes(node):
            if child not in body:
                self.visit(child)
        self._functions.append(node)
        for child in body:
            self.visit(child)
        self._functions.pop()

    def _add_yield_from(self, node):
        function = self._functions[-1]
        decorators = getattr(function, "decorator_list", [])
        text = getattr(function, "name", "lambda")
        if any(_is_types_coroutine(decorator) for decorator in decorators):
            return
        plain = all(_last_name(decorator) in _GENERATOR_DECORATORS for decorator in decorators)
        self._add("undecorated" if plain else "yield-from", node, text)


def _last_name(node):
    """``b`` of ``@a.b`` and of ``@a.b(...)``."""
    if isinstance(node, ast.Call):
        node = node.func
    return getattr(node, "attr", getattr(node, "id", None))


def _is_types_coroutine(node):
    return isinstance(node, ast.Attribute) and getattr(node.value, "id", None) == "types"


def _python_files(folder):
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(root, name)
            if name.endswith(".py") and os.path.isfile(path):
                yield path


def examine(path):
    """Whether one file compiles here, and what it has in the old styles."""
    with open(path, "rb") as source:
        data = source.read()
    try:
        tree = compile(data, path, "exec", ast.PyCF_ONLY_AST, True)
        compile(data, path, "exec", 0, True)
    except Exception as error:  # what compile() raises for bad source differs between versions
        return {"error": "%s: %s" % (type(error).__name__, error), "constructs": []}
    return {"error": None, "constructs": constructs_of(tree)}


def main(folder):
    warnings.simplefilter("ignore")
    found = {os.path.relpath(path, folder): examine(path) for path in _python_files(folder)}
    json.dump(found, sys.stdout, sort_keys=True)


if __name__ == "__main__":
    main(sys.argv[1])
