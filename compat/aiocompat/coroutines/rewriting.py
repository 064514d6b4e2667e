"""Python 3.5 and later: a function over ``yield From(x)`` and ``raise Return(v)`` made an ``async def``, as a tree."""

import ast
import collections
import functools

from aiocompat.coroutines.marks import From, Return

# Stands for the module `waiting` in the code of converted functions: a constant, as their globals are the user's.
WAITING = b"aiocompat.coroutines.waiting"
_WAIT_FOR_NONE = ast.parse("{0!r}.wait(None)".format(WAITING), mode="eval").body
_WAIT = ast.parse("{0!r}.wait".format(WAITING), mode="eval").body
# Bytes up to 3.7, Constant from 3.8 on.
_Constant, _LOAD = type(_WAIT.value), ast.Load()
_WITHOUT_CODE = frozenset(["ctx", "op", "ops", "id", "attr", "name", "names", "arg", "n", "s", "kind"])


class Refused(Exception):
    """The function cannot be an ``async def`` that does exactly the same."""


class Rewriting(object):
    """The rewriting of one function.

    ``meaning_of`` says what a dotted name, as a tuple, means in the function; ``free_names`` are its free variables,
    which stay those of the ``async def``. ``marks`` are the names that were taken for From and Return.
    """

    def __init__(self, meaning_of, free_names):
        self.marks = {}
        self._free_names = free_names
        self._meaning_of = meaning_of
        # Whether a handler, a finally or a with that Return passes on its way out would see it.
        self._watched = False

    def native(self, definition):
        """The ``async def`` for a function definition, made of its nodes."""
        native = ast.AsyncFunctionDef(**{name: getattr(definition, name) for name in definition._fields})
        body = list(native.body)
        documentation = [body.pop(0)] if ast.get_docstring(definition, clean=False) is not None else []
        self._all(body)
        if body:
            # Its place is that of what it begins with, so that it is no line of its own to debuggers and coverage.
            body = [_at(ast.Try(body, self._handlers(_place(definition)), [], []), body[0])]
        native.body = documentation + body
        return _at(native, definition)

    def _handlers(self, place):
        """The handlers around the body. ``place`` is given to the nodes as they are made: there are many of them.

        Any function that is called may raise Return. Python's own message for ``await 5`` names neither function nor
        line::

            except waiting.Return:
                return waiting.returned()
            except waiting.TypeError:
                waiting.explain()
                raise
        """

        def named(name):
            return ast.Attribute(_Constant(WAITING, **place), name, _LOAD, **place)

        def called(name):
            return ast.Call(named(name), [], [], **place)

        returning = [ast.Return(called("returned"), **place)]
        # Never run, but read by the compiler. From and Return may be free, and are gone.
        returning += [ast.Expr(ast.Name(name, _LOAD, **place), **place) for name in self._free_names]
        explaining = [ast.Expr(called("explain"), **place), ast.Raise(None, None, **place)]
        return [
            ast.ExceptHandler(named("Return"), None, returning, **place),
            ast.ExceptHandler(named("TypeError"), None, explaining, **place),
        ]

    def _rewritten(self, node):
        return _REWRITINGS[type(node)](self, node)

    def _fields(self, node):
        # Most of the time goes here.
        for field in _fields_with_code(type(node)):
            value = getattr(node, field, None)
            if type(value) is list:
                if value:
                    self._all(value)
            elif _fields_with_code(type(value)):
                rewritten = _REWRITINGS[type(value)](self, value)
                if rewritten is not value:
                    setattr(node, field, rewritten)
        return node

    def _all(self, nodes):
        for index, node in enumerate(nodes):
            if _fields_with_code(type(node)):
                nodes[index] = _REWRITINGS[type(node)](self, node)

    def _all_watched(self, nodes, watched):
        before, self._watched = self._watched, self._watched or watched
        self._all(nodes)
        self._watched = before

    def _yield(self, node):
        if node.value is None:
            # One turn of the loop, or never reached: a `yield` only makes the function a generator.
            return _at(ast.Await(_placed(_WAIT_FOR_NONE, node)), node)
        waited = self._marked(node)
        plain = _is_call(waited)
        waited = self._rewritten(waited)
        return _at(ast.Await(waited if plain else _waiting(waited, node)), node)

    def _marked(self, node):
        """What ``yield From(x)`` waits for."""
        marking = node.value
        if not (_is_call(marking) and self._is(marking.func, From) and len(marking.args) == 1 and not marking.keywords):
            raise Refused
        if isinstance(marking.args[0], ast.Starred):
            raise Refused
        return marking.args[0]

    def _refuse(self, node):
        raise Refused

    def _raise(self, node):
        raised = node.exc
        values = raised.args if _is_call(raised) and not raised.keywords else []
        mark = raised.func if _is_call(raised) and not raised.keywords else raised
        plain = not self._watched and node.cause is None and not any(isinstance(value, ast.Starred) for value in values)
        if not (plain and self._is(mark, Return)):
            return self._fields(node)
        self._all(values)
        value = _at(ast.Tuple(values, ast.Load()), node) if len(values) > 1 else (values or [None])[0]
        return _at(ast.Return(value), node)

    def _try(self, node):
        groups = type(node) is not ast.Try
        self._all_watched(node.body, bool(node.handlers or node.finalbody))
        # `return` must not be written in `except*`, and since 3.14 had better not be in `finally`.
        self._all_watched(node.handlers, groups or bool(node.finalbody))
        self._all_watched(node.orelse, bool(node.finalbody))
        self._all_watched(node.finalbody, True)
        return node

    def _with(self, node):
        for item in node.items:
            held = item.context_expr
            if isinstance(held, ast.Yield) and held.value is not None:
                # A call here gives a lock as often as it gives a coroutine.
                item.context_expr = _at(ast.Await(_waiting(self._rewritten(self._marked(held)), held)), held)
            else:
                item.context_expr = self._rewritten(held)
            if item.optional_vars is not None:
                item.optional_vars = self._rewritten(item.optional_vars)
        self._all_watched(node.body, True)
        return node

    def _function(self, node):
        """Only what is evaluated where the function is defined; annotations must not yield."""
        self._all(getattr(node, "decorator_list", []))
        self._all(node.args.defaults)
        self._all(node.args.kw_defaults)
        return node

    def _class(self, node):
        self._all(node.decorator_list)
        self._all(node.bases)
        self._all(node.keywords)
        return node

    def _comprehension(self, node):
        """Only the first iterable is evaluated outside."""
        node.generators[0].iter = self._rewritten(node.generators[0].iter)
        return node

    def _is(self, node, mark):
        path = dotted(node)
        if path is not None and path not in self.marks and self._meaning_of(path) is mark:
            self.marks[path] = mark
        return self.marks.get(path) is mark


_REWRITINGS = collections.defaultdict(
    lambda: Rewriting._fields,
    {
        ast.Yield: Rewriting._yield,
        ast.YieldFrom: Rewriting._refuse,
        ast.Raise: Rewriting._raise,
        ast.Try: Rewriting._try,
        getattr(ast, "TryStar", None): Rewriting._try,
        ast.With: Rewriting._with,
        ast.FunctionDef: Rewriting._function,
        ast.AsyncFunctionDef: Rewriting._function,
        ast.Lambda: Rewriting._function,
        ast.ClassDef: Rewriting._class,
        ast.ListComp: Rewriting._comprehension,
        ast.SetComp: Rewriting._comprehension,
        ast.DictComp: Rewriting._comprehension,
        ast.GeneratorExp: Rewriting._comprehension,
    },
)


@functools.lru_cache(maxsize=None)
def _fields_with_code(kind):
    """The fields of a kind of node that may have other nodes in them. None for what is not a node."""
    is_leaf = not issubclass(kind, ast.AST) or kind is getattr(ast, "Constant", None)
    return [] if is_leaf else [field for field in kind._fields if field not in _WITHOUT_CODE]


def _place(node):
    return {name: getattr(node, name) for name in node._attributes}


def _at(node, place):
    """The node, at the place of another (``ast.copy_location`` takes its time)."""
    node.lineno, node.col_offset = place.lineno, place.col_offset
    if hasattr(place, "end_lineno"):
        node.end_lineno, node.end_col_offset = place.end_lineno, place.end_col_offset
    return node


def _waiting(waited, place):
    """The call that gives what ``await`` takes for any value."""
    return _at(ast.Call(_placed(_WAIT, place), [waited], []), place)


def dotted(node):
    """The names of ``a.b.c`` as a tuple, or None for any other expression."""
    names = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return (node.id,) + tuple(names) if isinstance(node, ast.Name) else None


def _is_call(node):
    return isinstance(node, ast.Call)


def _placed(node, place):
    """A copy of a node and all below it, at the place of another."""
    fields = {}
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            value = [_placed(item, place) for item in value]
        elif isinstance(value, ast.AST) and not isinstance(value, ast.Load):
            value = _placed(value, place)
        fields[name] = value
    return _at(type(node)(**fields), place)
