"""Working out what expressions of a project evaluate to, through imports, classes, attributes, parameters and calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from aioport import library
from aioport.facts import Alternatives, Call, ClassFact, Expression, FileFacts, FunctionFact, Step
from aioport.functions import Definition
from aioport.inference.modules import Modules
from aioport.inference.things import NOTHING, OBJECTS, UNKNOWN, Kind, Thing, Things, ordered
from aioport.styles import words

_MOST = 2000
"""So many things say too little."""

_ROUNDS = 3
"""How often what is given for parameters is followed through calls that give parameters on."""

_UNCERTAIN: Things = frozenset([UNKNOWN])


class Evaluation:
    """Answers what the expressions of a project's files evaluate to."""

    def __init__(self, files: Sequence[FileFacts]) -> None:
        self._files = files
        self._modules = Modules(files)
        self._names = {file.path: dict(file.names) for file in files}
        self.functions = {(fact.path, fact.key): fact for file in files for fact in file.functions}
        self.classes = {(fact.path, fact.qualname): fact for file in files for fact in file.classes}
        self._attributes: dict[tuple[str, str], dict[str, list[Alternatives]]] = {}
        for key, fact in self.classes.items():
            found: dict[str, list[Alternatives]] = defaultdict(list)
            for name, values in fact.attributes:
                found[name].append(values)
            self._attributes[key] = found
        self._fixtures: dict[str, list[FunctionFact]] = defaultdict(list)
        self._given: dict[tuple[str, str], list[tuple[str, Alternatives]]] = defaultdict(list)
        self._memo: dict[tuple[str, Expression], Things] = {}
        self._ancestors: dict[tuple[str, str], tuple[list[ClassFact], bool]] = {}
        self._descendants: dict[tuple[str, str], list[ClassFact]] = defaultdict(list)
        for fact in self.classes.values():
            for ancestor in self.ancestors(fact)[0][1:]:
                self._descendants[ancestor.path, ancestor.qualname].append(fact)
        for function in self.functions.values():
            if any(self.decorated_by(function, library.FIXTURES)):
                self._fixtures[function.name].append(function)
        self._follow_arguments()

    def evaluate(self, path: str, alternatives: Iterable[Expression]) -> Things:
        """All that expressions of the file ``path`` may evaluate to."""
        found: set[Thing] = set()
        for expression in alternatives:
            found |= self._evaluate(path, expression)
        return frozenset(found) if len(found) <= _MOST else _UNCERTAIN

    def called(self, path: str, call: Call) -> list[FunctionFact]:
        """The functions that a call surely may reach, constructors of classes not among them."""
        return self.functions_of(path, call.called)

    def functions_of(self, path: str, alternatives: Iterable[Expression]) -> list[FunctionFact]:
        """The functions among what expressions may evaluate to."""
        found = ordered(self.evaluate(path, alternatives))
        return [self.functions[t.path, t.name] for t in found if t.kind is Kind.FUNCTION]

    def functions_named(self, path: str, dotted: str) -> list[FunctionFact]:
        """The functions that have a dotted name."""
        return self.functions_of(path, [Expression(Step.IMPORTED, dotted)])

    def methods_below(self, path: str, dotted: str) -> list[FunctionFact]:
        """The methods of the classes that have a dotted name."""
        things = self.evaluate(path, [Expression(Step.IMPORTED, dotted)])
        owners = {(t.path, t.name) for t in things if t.kind is Kind.CLASS}
        return [f for f in self.functions.values() if owners and (f.path, f.qualname.rpartition(".")[0]) in owners]

    def methods(self, thing: Thing, name: str) -> list[FunctionFact]:
        """The methods ``name`` of an object, those of derived classes too where it may be of one."""
        found = self._attribute(thing, name, as_property=False)
        return [self.functions[t.path, t.name] for t in ordered(found) if t.kind is Kind.FUNCTION]

    def has(self, thing: Thing, name: str) -> bool:
        """Whether an object surely has an attribute, by its class or a class above."""
        above, _ = self.ancestors(self.classes[thing.path, thing.name])
        return any(name in self._attributes[fact.path, fact.qualname] for fact in above)

    def may_have(self, thing: Thing, name: str) -> bool:
        """Whether an object's class, one above or one below has an attribute."""
        below = self._descendants[thing.path, thing.name]
        return self.has(thing, name) or any(name in self._attributes[f.path, f.qualname] for f in below)

    def knows_all_of(self, thing: Thing) -> bool:
        """Whether all classes above that of an object are in the project, or known to be plain."""
        return self.ancestors(self.classes[thing.path, thing.name])[1]

    def decorated_by(self, function: FunctionFact, names: frozenset[str]) -> Iterator[str]:
        """Which of ``names``, dotted and from outside the project, decorate a function, called or not."""
        for decorator in function.decorators:
            for thing in self.evaluate(function.path, decorator):
                if thing.kind in (Kind.LIBRARY, Kind.MADE) and thing.name in names:
                    yield thing.name

    def ancestors(self, fact: ClassFact) -> tuple[list[ClassFact], bool]:
        """A class and those above it, and whether all of them are in the project or known to be plain."""
        key = fact.path, fact.qualname
        if key not in self._ancestors:
            self._ancestors[key] = [fact], False
            found, complete = [fact], True
            for base in fact.bases:
                for thing in self.evaluate(fact.path, base):
                    if thing.kind is Kind.CLASS:
                        above, known = self.ancestors(self.classes[thing.path, thing.name])
                        found += [f for f in above if f not in found]
                        complete = complete and known
                    elif thing.kind is not Kind.LIBRARY or not library.gives_no_awaitable(thing.name):
                        complete = False
            self._ancestors[key] = found, complete
        return self._ancestors[key]

    def bases_outside(self, fact: ClassFact) -> set[str]:
        """The dotted names of the classes outside the project that a class is derived from."""
        above, _ = self.ancestors(fact)
        return {
            thing.name
            for ancestor in above
            for base in ancestor.bases
            for thing in self.evaluate(ancestor.path, base)
            if thing.kind is Kind.LIBRARY
        }

    def related(self, function: FunctionFact) -> Iterator[FunctionFact]:
        """The methods of the same name in the classes above and below that of a method."""
        key = function.path, function.qualname.rpartition(".")[0]
        if not function.owner or key not in self.classes:
            return
        own = self.classes[key]
        for fact in (*self.ancestors(own)[0][1:], *self._descendants[key]):
            for values in self._attributes[fact.path, fact.qualname].get(function.name, ()):
                for thing in self.evaluate(fact.path, values):
                    if thing.kind is Kind.FUNCTION:
                        yield self.functions[thing.path, thing.name]

    # Following expressions

    def _evaluate(self, path: str, expression: Expression) -> Things:
        key = path, expression
        if key not in self._memo:
            self._memo[key] = frozenset()
            found = self._followed(path, expression)
            self._memo[key] = found if len(found) <= _MOST else _UNCERTAIN
        return self._memo[key]

    def _followed(self, path: str, expression: Expression) -> Things:
        step, name = expression.step, expression.name
        if step is Step.FUNCTION:
            return frozenset([Thing(Kind.FUNCTION, path, name)])
        if step is Step.CLASS:
            return frozenset([Thing(Kind.CLASS, path, name)])
        if step is Step.SELF:
            return frozenset([Thing(Kind.DERIVED, path, name)])
        if step is Step.IMPORTED:
            return self._imported(path, name)
        if step is Step.STARRED:
            return self._starred(path, name)
        if step is Step.PARAMETER:
            return self._parameter(path, name)
        if step is Step.NOTHING:
            return frozenset([NOTHING])
        if expression.of is None:
            return self._above(path, name) if step is Step.SUPER else _UNCERTAIN
        found: set[Thing] = set()
        for thing in ordered(self._evaluate(path, expression.of)):
            if step is Step.CALL:
                found |= self._call(thing)
            elif step is Step.ANNOTATED:
                found.add(_annotated(thing))
            elif step is Step.ATTRIBUTE:
                found |= self._attribute(thing, name)
            else:
                found |= self._awaited(thing)
        return frozenset(found)

    def _imported(self, path: str, dotted: str) -> Things:
        found = self._modules.find(path, dotted)
        if found is None:
            return _UNCERTAIN if dotted.startswith(".") else frozenset([Thing(Kind.LIBRARY, name=dotted)])
        file, names = found
        if not names:
            return _UNCERTAIN
        things = self._named(file.path, names[0])
        for name in names[1:]:
            things = frozenset(t for thing in ordered(things) for t in self._attribute(thing, name))
        return things

    def _named(self, path: str, name: str) -> Things:
        values = self._names[path].get(name)
        return self.evaluate(path, values) if values is not None else self._starred(path, name)

    def _starred(self, path: str, name: str) -> Things:
        for module in self._modules.file(path).star_imports:
            found = self._modules.find(path, module)
            if found is not None and not found[1] and found[0].path != path:
                things = self._named(found[0].path, name)
                if things and things != _UNCERTAIN:
                    return things
        return _UNCERTAIN

    def _above(self, path: str, name: str) -> Things:
        """What ``super()`` is in a class."""
        fact = self.classes.get((path, name))
        bases = [t for base in fact.bases for t in self.evaluate(path, base)] if fact is not None else []
        return frozenset(Thing(Kind.DERIVED, t.path, t.name) if t.kind is Kind.CLASS else UNKNOWN for t in bases)

    def _call(self, thing: Thing) -> Things:
        if thing.kind is Kind.CLASS:
            return frozenset([Thing(Kind.INSTANCE, thing.path, thing.name)])
        if thing.kind is Kind.LIBRARY:
            return frozenset([Thing(Kind.MADE, name=thing.name)])
        if thing.kind in OBJECTS:
            return frozenset(t for called in ordered(self._attribute(thing, "__call__")) for t in self._call(called))
        if thing.kind is not Kind.FUNCTION:
            return _UNCERTAIN
        function = self.functions[thing.path, thing.name]
        if function.definition is not Definition.PLAIN:
            if any(self.decorated_by(function, library.GENERATOR_DECORATORS)):
                return _UNCERTAIN
            return frozenset([Thing(Kind.RESULT, thing.path, thing.name)])
        if not self._is_bare(function):
            return _UNCERTAIN
        # A method that returns nothing is often there to be overridden, outside of the project too.
        nothing = UNKNOWN if function.owner else NOTHING
        return self.evaluate(function.path, function.returned) or frozenset([nothing])

    def _is_bare(self, function: FunctionFact) -> bool:
        """Whether a call of a function surely gives what the function returns."""
        return all(
            thing.kind is Kind.LIBRARY and thing.name in library.TRANSPARENT_DECORATORS | words().coroutine
            for decorator in function.decorators
            for thing in self.evaluate(function.path, decorator)
        )

    def _attribute(self, thing: Thing, name: str, *, as_property: bool = True) -> Things:
        if thing.kind is Kind.LIBRARY:
            return frozenset([Thing(Kind.LIBRARY, name=f"{thing.name}.{name}")])
        if thing.kind not in (*OBJECTS, Kind.CLASS):
            return _UNCERTAIN
        own = self.classes.get((thing.path, thing.name))
        if own is None:
            return _UNCERTAIN
        above, complete = self.ancestors(own)
        places = [next((f for f in above if name in self._attributes[f.path, f.qualname]), None)]
        if thing.kind is Kind.DERIVED:
            below = self._descendants[thing.path, thing.name]
            places += [f for f in below if name in self._attributes[f.path, f.qualname]]
        found = {
            value
            for fact in places
            if fact is not None
            for values in self._attributes[fact.path, fact.qualname][name]
            for value in self.evaluate(fact.path, values)
        }
        if not any(places) or not (places[0] or complete):
            found.add(UNKNOWN)
        if as_property and thing.kind is not Kind.CLASS:
            return frozenset(t for each in ordered(found) for t in self._accessed(each))
        return frozenset(found)

    def _accessed(self, thing: Thing) -> Things:
        if thing.kind is Kind.FUNCTION and (function := self.functions[thing.path, thing.name]).is_property:
            if function.definition is not Definition.PLAIN:
                return frozenset([Thing(Kind.RESULT, thing.path, thing.name)])
            return self.evaluate(function.path, function.returned)
        return frozenset([thing])

    def _awaited(self, thing: Thing) -> Things:
        if thing.kind is Kind.RESULT:
            function = self.functions[thing.path, thing.name]
            return self.evaluate(function.path, function.returned) or frozenset([NOTHING])
        if thing.kind in OBJECTS:
            for name in ("__await__", "__iter__"):
                if found := self.methods(thing, name):
                    return frozenset(t for f in found for t in self.evaluate(f.path, f.returned))
        return _UNCERTAIN

    # Parameters

    def _parameter(self, path: str, name: str) -> Things:
        key, _, parameter = name.rpartition(":")
        given = self._given.get((path, name))
        found = set().union(*(self.evaluate(*each) for each in given)) if given else set()
        function = self.functions[path, key]
        if function.name.startswith("test") or function in self._fixtures[function.name]:
            for fixture in self._fixture(path, parameter):
                found |= self.evaluate(fixture.path, fixture.returned)
                return frozenset(found)
        if not found or self._is_public(function):
            found.add(UNKNOWN)
        return frozenset(found)

    def _is_public(self, function: FunctionFact) -> bool:
        """Whether more may call a function than the calls in sight."""
        if not function.owner and "." in function.qualname:
            return function.is_passed_on or bool(function.decorators and not self._is_bare(function))
        return not any(part.startswith("_") and not part.endswith("__") for part in function.qualname.split("."))

    def _fixture(self, path: str, name: str) -> Iterator[FunctionFact]:
        """The fixture that pytest takes for a name in a file: the file's own, or that of the nearest conftest."""
        found = [f for f in self._fixtures.get(name, ()) if f.path == path]
        if not found:
            folders = PurePath(path).parents
            near = [f for f in self._fixtures.get(name, ()) if PurePath(f.path).parent in folders]
            found = sorted(
                (f for f in near if PurePath(f.path).stem == "conftest"), key=lambda f: len(PurePath(f.path).parts)
            )
        if found:
            yield found[-1]

    def _follow_arguments(self) -> None:
        calls = [(file.path, call) for file in self._files for call in file.calls if call.arguments and call.called]
        for _ in range(_ROUNDS):
            given: dict[tuple[str, str], list[tuple[str, Alternatives]]] = defaultdict(list)
            for path, call in calls:
                for thing in ordered(self.evaluate(path, call.called)):
                    for function, skipped in self._receivers(thing):
                        for position, values in call.arguments:
                            parameter = _parameter_of(function, position, skipped)
                            if parameter:
                                given[function.path, f"{function.key}:{parameter}"].append((path, values))
            if given == self._given:
                break
            self._given = given
            self._memo.clear()

    def _receivers(self, thing: Thing) -> Iterator[tuple[FunctionFact, int]]:
        """The functions that a call gives its arguments to, each with how many parameters are filled already."""
        if thing.kind is Kind.FUNCTION:
            function = self.functions[thing.path, thing.name]
            yield function, 1 if function.owner and not self._is_static(function) else 0
        elif thing.kind is Kind.CLASS:
            for function in self.methods(Thing(Kind.INSTANCE, thing.path, thing.name), "__init__"):
                yield function, 1

    def _is_static(self, function: FunctionFact) -> bool:
        return any(self.decorated_by(function, library.STATIC))


def _annotated(thing: Thing) -> Thing:
    if thing.kind is Kind.CLASS:
        return Thing(Kind.DERIVED, thing.path, thing.name)
    return Thing(Kind.MADE, name=thing.name) if thing.kind is Kind.LIBRARY else UNKNOWN


def _parameter_of(function: FunctionFact, position: str, skipped: int) -> str:
    if not position.isdigit():
        return position if position in function.parameters else ""
    index = int(position) + skipped
    return function.parameters[index] if index < len(function.parameters) else ""
