"""The codes of findings. Each class is one; its docstring is its page.

A page says what was found, why it matters, shows an example (with the port, where there is one), and what to do.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping


class Code:
    """Base of all codes. The code's name is the class's, in lower case with hyphens."""

    @classmethod
    def name(cls) -> str:
        """``data-generator`` for ``DataGenerator``."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def page(cls) -> str:
        """The page, starting with the code's name."""
        return f"{cls.name()}\n\n{inspect.getdoc(cls)}"


class AsynchronousIteration(Code):
    """A comprehension that waits, or an asynchronous generator, which cannot be written in another way where it stands.

    Why: generators have nothing like PEP 525 and 530. A comprehension that waits becomes a loop before its statement,
    and that only works where the statement always evaluates it and nothing has to be evaluated before. A generator
    expression that waits becomes an asynchronous generator function of aiocompat's. Before Python 3.6 there are no
    asynchronous generators, and they return nothing.

    Example::

        print(title(), [await fetch(url) for url in urls])        # the function is left

    What to do: give the comprehension a name in a statement before, or write the loop.
    """


class AsynchronousManager(Code):
    """``async with`` over what may be a lock or something else, and a target whose locks lack ``__aenter__``.

    Why: the locks, conditions and semaphores of Trollius, and of asyncio before 3.5, are entered by ``with (yield from
    lock):`` and in no other way, all other managers by ``__aenter__()``. So what something is must be seen in its file.

    Example::

        async def work(self, lock):
            async with lock:               # the function is left
                ...

    What to do: assign the lock, or the other manager, in the same file; or port to ``--target-version 3.5`` or compat.
    """


class AwaitPosition(Code):
    """An ``await`` where no ``yield`` may stand, or where it would do something else.

    Why: decorators were no expressions before Python 3.9 (PEP 614), and on Python 2 a ``yield`` in an ``except`` block
    makes the bare ``raise`` after it forget its exception.

    Example::

        @(await session.decorator())        # the function around is left
        def show(page): ...

    What to do: keep the exception in a name; wait before the decorator.
    """


class AwaitableClass(Code):
    """A class has ``__await__`` and no ``__iter__``, so only ``await`` can wait for its objects, or Trollius cannot.

    Why: ``yield from x`` takes what can be iterated; ``__await__`` came with PEP 492. Trollius takes neither, only
    coroutines, futures and its own locks: there an ``__iter__`` or ``__await__`` that waits becomes a coroutine, and
    is called wherever the project shows that such an object is waited for: ``yield From(lock.__iter__())``. Anywhere
    else the task fails with RuntimeError, "Task got bad yield". For ``yield from`` the class gets ``__iter__ =
    __await__``, with a note, unless it may have an ``__iter__`` of another class, or give its own to one.

    Example::

        class Connect(Base):
            def __await__(self):
                return (yield from self.creating)

        async def main():
            await Connect()              # left: `yield from Connect()` would fail

    What to do: give the class ``__iter__ = __await__``; for Trollius, call the method where something else waits.
    """


class AwaitedIterator(Code):
    """Coroutines wait for objects of a class that has an ``__iter__`` that waits, and no ``__await__``.

    Why: ``yield from x`` takes what can be iterated, ``await x`` what has an ``__await__`` (PEP 492).

    Example::

        class Pool:
            def __iter__(self):
                connection = yield from self.acquire()
                return Connection(connection)

            __await__ = __iter__               # added

    Where a function returns ``()`` and coroutines wait for what it gives, that becomes an ``AwaitableTuple()``: a class
    that is added to the file.

    What to do: nothing; write an ``async def __aenter__`` and ``__aexit__`` when ``with await pool:`` is to become
    ``async with pool:``.
    """


class Bug(Code):
    """The port of a file failed its own verification, so it was not written.

    Why: every output is compiled, and ported again to see that nothing changes. A failure is always a bug of aioport,
    never of your code.

    Example::

        app.py:1:1: failure bug: the port of this file does not compile: invalid syntax (in line 12 of the output)

    What to do: report it, with the file or the part of it that the message names. Meanwhile leave the file out.
    """


class CancellationPasses(Code):
    """A clause for ``Exception`` caught CancelledError when the code was written, and does not any more.

    Why: CancelledError is a BaseException since Python 3.8 (bpo-32528). Code of a style that is older than that may
    have relied on stopping a cancellation, or on counting it among the failures that ``gather`` collects. A clause that
    asks for CancelledError did, so it gets that class by name, and a note.

    Example::

        try:
            yield from work()
        except Exception:            # here: a cancellation goes through now
            log.exception("failed")

    What to do: nothing if a cancellation may go through, which is what the change was made for; otherwise catch
    ``asyncio.CancelledError`` as well.
    """


class CancelledPasses(Code):
    """A handler for ``Exception`` would have caught CancelledError in the target version; one above it lets that pass.

    Why: CancelledError is a BaseException since Python 3.8 (bpo-32528), so ``except Exception`` in an async
    def does not stop a cancellation. In older versions, and in Trollius, it is an Exception.

    Example::

        try:
            yield from work()
        except asyncio.CancelledError:       # added
            raise
        except Exception:
            log.exception("work failed")

    Where a handler further below gets the cancellation, what that does is written above as well, or it moves there.

    A function is left its handlers, with a warning, where one of them asks whether what it caught is a CancelledError:
    it was written for Python 3.7 or older.

    What to do: nothing. If the program ran on Python 3.7 and relied on catching it, take the added handler away.
    """


class CancelledSuppressed(Code):
    """``suppress(Exception)`` around a wait: it takes a cancellation as well in the target version.

    Why: CancelledError is a BaseException since Python 3.8 (bpo-32528), and an Exception in older versions and in
    Trollius. A ``try`` gets a handler that lets it pass; ``suppress`` cannot have one.

    Example::

        with suppress(Exception):
            await connection.close()

    What to do: write ``try`` and ``except``, with ``except asyncio.CancelledError: raise`` first; or name the
    exceptions that are meant.
    """


class ChangedMeaning(Code):
    """A function or class of asyncio that means something else than it did; ``aioport audit`` only.

    Why: its name and its arguments are the same, so nothing fails where it is used: it does something else.

    Example::

        await asyncio.wait_for(work(), 3)        # since 3.12 work() runs in the same task

    What to do: read what has changed, and check the place.
    """


class CodeInString(Code):
    """A string that is executed holds code in an old style.

    Why: aioport ports what it can parse as part of a file. What ``exec`` and the like are given is made when the
    program runs.

    Example::

        exec('''
        @asyncio.coroutine
        def __aenter__(self):
            yield from self.acquire()
        ''')

    What to do: port it by hand. Code that was kept in a string because older Pythons could not parse it can be taken
    out of it now.
    """


class CoroutineCall(Code):
    """The coroutine decorator is called as a function, on something that cannot become an ``async def`` where it is.

    Why: ``f = asyncio.coroutine(f)`` after ``def f`` and ``name = asyncio.coroutine(lambda ...)`` are ported, and in a
    decorator of the project the call goes where all that it decorates are ``async def`` now. Any other call makes a
    coroutine function out of a value that may have other uses. For Python 3.11 and later, where asyncio has no such
    decorator, the file gets a function ``coroutine_from`` that makes it.

    Example::

        server.on_connect(asyncio.coroutine(handler))

    What to do: make what it is given an ``async def``, or wrap it in one, and pass that.
    """


class CoroutineCallback(Code):
    """A coroutine function is given where a plain callback is wanted.

    Why: the loop calls it and drops the coroutine it gives, so its body never runs. asyncio 3.4 refused that; later
    versions do so in debug mode only.

    Example::

        loop.call_later(1, self.poll)        # poll is a coroutine function: nothing happens

    What to do: ``loop.call_later(1, lambda: asyncio.ensure_future(self.poll()))``.
    """


class CurrentLoop(Code):
    """``get_event_loop()``, or what uses it, where perhaps no loop runs and none was set.

    Why: it made a loop up to Python 3.11, warned when it did so in 3.12 and 3.13, and raises RuntimeError since 3.14.

    Example::

        class Client:
            def __init__(self, loop=None):
                self.loop = loop or asyncio.get_event_loop()        # here

    What to do: nothing if it is called in coroutines or callbacks only, or once a loop was set. A program makes its
    loop where it starts: ``loop = asyncio.new_event_loop()``, ``asyncio.set_event_loop(loop)``, or ``asyncio.run()``.
    """


class DataGenerator(Code):
    """A coroutine hands out values with ``yield``, so it is driven by hand and not by the loop alone.

    Why: in an ``async def`` a ``yield`` makes an asynchronous generator, which is used in another way (PEP 525). A
    ``yield from`` over a list, an iterator or another iterable hands out values as well: it cannot be awaited.

    Example::

        @asyncio.coroutine
        def lines(reader):
            while True:
                line = yield from reader.readline()
                yield line                              # left as it is

    For Python 3.11 and later it gets ``types.coroutine`` in the place of asyncio's decorator, which is gone there.

    What to do: make it an asynchronous generator and iterate it with ``async for``; or, if the ``yield`` was meant to
    wait, write ``yield from`` and port again.
    """


class DeadBranch(Code):
    """A test of Python's version that has one answer on all versions the result runs on.

    Why: ``--target-version`` names the oldest. With ``--unsafe`` the branch for older ones goes; without, it stays, and
    so does what it needs. Only tests of ``sys.version_info`` in the same file are looked at.

    Example::

        if sys.version_info < (3, 5):        # never on 3.9
            import trollius as asyncio

    What to do: take the branch away, or use ``--unsafe``.
    """


class DefaultExecutor(Code):
    """A pool of processes becomes the loop's default executor.

    Why: ``loop.set_default_executor()`` takes a ThreadPoolExecutor only since Python 3.11; another is a TypeError.

    Example::

        loop.set_default_executor(ProcessPoolExecutor())        # here

    What to do: keep the pool, and give it to the calls of ``loop.run_in_executor()`` that are to use it.
    """


class DependsOnLeft(Code):
    """A coroutine waits for something that stays in its style and that the new style cannot wait for.

    Why: ``yield from`` takes any iterable, ``await`` only takes awaitables (PEP 492), so a function that waits for a
    generator, or for a coroutine that stays one of Trollius, stays as well. In the same way Trollius cannot wait for an
    ``async def``, and Python 2 cannot read one.

    Example::

        def steps():                 # also used in a for loop: stays a generator
            yield
            yield

        @asyncio.coroutine
        def walk():
            yield from steps()       # left: `await steps()` would fail

    What to do: port the generator by hand, as the finding on it says, and run aioport again.
    """


class DeprecatedName(Code):
    """A name of asyncio that a later version will not have.

    Why: Python 3.14 deprecates event loop policies, and 3.16 will be without them. They work up to then, with a
    DeprecationWarning.

    Example::

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())        # here

    What to do: ``asyncio.run(main(), loop_factory=uvloop.new_event_loop)``, from Python 3.12 on.
    """


class DrivenByHand(Code):
    """A decorated coroutine is iterated somewhere: by ``for``, ``next()``, ``list()`` or the like.

    Why: generators can be iterated, coroutine objects cannot. Only ``send``, ``throw`` and ``close`` work on both. A
    decorated ``__iter__`` or ``__await__`` is iterated by its protocol.

    Example::

        @asyncio.coroutine
        def handshake():
            yield from sleep(1)

        for step in handshake():     # so handshake() is left as it is
            print(step)

    What to do: run it on a loop, or make it a plain generator without the decorator.
    """


class DroppedArgument(Code):
    """An argument was taken away that the function no longer has.

    Why: ``loop.create_datagram_endpoint()`` has no ``reuse_address`` since Python 3.11. True was refused with a
    ValueError before that, since 3.8.1 and the security fixes of 3.6 and 3.7: it let two processes get one address.

    Example::

        loop.create_datagram_endpoint(Protocol, reuse_address=True)        # becomes
        loop.create_datagram_endpoint(Protocol)

    What to do: ``reuse_port=True`` if several sockets are to share the address.
    """


class EarlyObject(Code):
    """A lock, event or queue is made at import, and ``asyncio.run()`` runs the program.

    Why: up to Python 3.9 such an object belongs to the loop that is current when it is made. ``run()`` makes a loop of
    its own, so the first wait that really waits ends in "attached to a different loop". Since 3.10 they find their loop
    when they first have to wait.

    Example::

        lock = asyncio.Lock()        # here, for 3.9 and older

        asyncio.run(main())

    What to do: make it in the coroutine that ``run()`` is given.
    """


class ExampleLeft(Code):
    """An example in a document or docstring is in the old style and was not ported.

    Why: an example is ported by itself, after the imports of those before it, and only if nothing in it has to be left.
    Names that became keywords are not renamed in examples: what they stand for cannot be seen there.

    Example::

        >>> data = yield from reader.read()        # outside of any function

    What to do: port it by hand.
    """


class ExceptReturn(Code):
    """Something in a coroutine looks at ``Return`` as at any other exception.

    Why: a ported coroutine returns, it does not raise ``Return``, so the handler would never run.

    Example::

        try:
            result = compute()
        except Return as returned:
            result = returned.value

    What to do: return from where the value is known, and take the handler away.
    """


class ExceptionForgotten(Code):
    """Something asks for the exception that is handled, after a wait or another exception in the same handler.

    Why: on Python 2 ``sys.exc_info()`` belongs to the thread, and for each frame it is the last exception that was
    caught. A wait gives the thread to other coroutines. Up to Python 3.6 an exception that is thrown in at a wait, and
    caught in the handler, takes the first one's place as well (bpo-25612). A bare ``raise`` is ported; a question
    cannot be.

    Example::

        except OSError:
            await asyncio.sleep(1)
            log.exception("failed")          # logs "None" on Python 2

    What to do: call ``sys.exc_info()`` at the start of the handler, and pass on what it gave.
    """


class GeneratorAnnotation(Code):
    """The annotation of what a function returns could not be changed to what its new style says there.

    Why: an ``async def`` is annotated with the type of what ``await`` gives (PEP 484). ``Generator[Any, None, T]``,
    ``Coroutine[Any, Any, T]`` and ``Awaitable[T]`` become ``T``; the others do not say what that is. On the way down
    ``T`` becomes ``Generator[Any, None, T]``, for which the file has to import ``typing`` itself before Python 3.5.

    Example::

        async def fetch(url) -> Iterator[Any]:        # of what type is the page?
            return await get(url)

    What to do: write the type of what the function returns.
    """


class KeptImport(Code):
    """The old style's library is still imported, for what was left in its style.

    Why: other findings say what was left. Until that is ported the file needs the library, and Trollius 2.2 cannot be
    imported on Python 3.

    Example::

        import trollius              # stays as long as lines() does
        import asyncio

        @trollius.coroutine
        def lines(reader):
            yield [1, 2]

    What to do: port what was left by hand and run aioport again; the import goes with the last use.
    """


class KeywordByString(Code):
    """A string, or a dictionary given by ``**``, may name something that was renamed because its name is a keyword.

    Why: both are keywords from 3.7 on, and what a string is used for is known only when the program runs. A string that
    is the dotted name of a renamed module is changed with it, and so are keys that surely name a renamed parameter.
    Functions and classes of a module that a string may ask for are left there under their old names as well:
    ``globals()["async"] = async_``.

    Example::

        handler = getattr(module, "async")        # a function async, now async_?
        connect(url, **options)                   # connect(url, async=False) before

    What to do: see what the string is for, and change it if it means what was renamed.
    """


class KeywordName(Code):
    """``async`` or ``await`` is used as a name where the target version has it as a keyword.

    Why: both are keywords from 3.7 on, and inside every ``async def`` before. Names of the project are renamed in all
    files together; here something keeps one from that: it is imported from elsewhere, its new name is taken, or it
    stands in a coroutine that was left. (``asyncio.async`` is ported.)

    Example::

        from celery.utils import async        # not Python 3.7, and not ours to rename

    What to do: see what the other project calls it now; choose another ``--keyword-suffix`` where the name is taken.
    """


class KindQuestion(Code):
    """Something asks whether an object is a generator or a coroutine, in a file in which functions became coroutines.

    Why: ``inspect.isgeneratorfunction(f)`` was true of a generator-based coroutine and is false of an ``async def``; on
    the way back ``inspect.iscoroutinefunction(f)`` is false of what it was true of.

    Example::

        if inspect.isgeneratorfunction(handler):
            handler = asyncio.coroutine(handler)

    What only generators have is such a question, too: ``x.gi_frame`` is ``x.cr_frame`` of a coroutine.

    What to do: see which answer the code needs now. ``inspect.isawaitable(x)`` is right for both kinds of objects.
    """


class LoopArgument(Code):
    """A call outside of coroutines lost its ``loop=``, which Python 3.10 no longer takes, or a class takes none.

    Why: ``as_completed(tasks, loop=loop)`` ran on the loop it was given; without the argument it runs on the current
    one. ``gather(f(), loop=loop)`` becomes ``gather(ensure_future(f(), loop=loop))``, which keeps the loop unless there
    is nothing to gather. A class derived from a lock or a queue takes no loop either: calls of it in its file lose the
    argument, and those in other files do not.

    Example::

        for future in asyncio.as_completed(tasks, loop=loop):
            loop.run_until_complete(future)

        class Jobs(asyncio.Queue):
            pass

    What to do: see that ``asyncio.set_event_loop(loop)`` was called before, or move the call into a coroutine. Take
    ``loop=`` away where the class is called.
    """


class LoopGoesOn(Code):
    """A class of exceptions that ended the event loop until Python 3.7 and does not since 3.8.

    Why: up to 3.7 what is derived from BaseException and not from Exception left ``run_forever()`` when a callback or a
    task raised it. Since 3.8 only SystemExit and KeyboardInterrupt do; others are logged, or are the task's exception
    (bpo-32528), and the loop runs on.

    Example::

        class HaltServer(BaseException):
            pass

        loop.call_soon(halt)        # raises HaltServer: run_forever() went on since Python 3.8

    What to do: where the exception is to end the loop, call ``loop.stop()`` there and raise it after ``run_forever()``.
    """


class MissingName(Code):
    """A name that the library of the target, in its version, does not have.

    Why: Trollius carries parts of newer Pythons for Python 2. Its exceptions are builtins now and are ported; the
    rest has no counterpart of the same name. aiocompat's functions that stand for ``async with`` and ``async for`` stay
    as they are. A generator that is left is marked by ``types.coroutine`` where ``asyncio.coroutine`` is gone:
    ``await`` takes it, and from 3.12 on ``create_task()`` does not. In the other direction, asyncio has got names that
    neither its older versions nor Trollius nor aiocompat have. An import of ``From`` or ``Return`` that no file of the
    project uses goes, with a note.

    Example::

        context = trollius.SSLContext(ssl.PROTOCOL_SSLv23)     # ssl.SSLContext

    What to do: use what the finding names.
    """


class MixedLoops(Code):
    """Some coroutines of a project stay in Trollius's style, so all files that use Trollius are left.

    Why: a loop of asyncio cannot run coroutines of Trollius, nor one of Trollius an ``async def``. Which loop runs a
    coroutine is seldom to be seen, so a project is ported as a whole or not.

    Example::

        trollius.get_event_loop().run_until_complete(main())         # another file's main() was left

    What to do: port by hand what the other findings are about and run aioport again; or name only those files that have
    a loop of their own.
    """


class MockedCoroutine(Code):
    """A mock stands in for something that is awaited from now on.

    Why: ``yield from`` takes what can be iterated: an empty tuple, or a MagicMock, which iterates as nothing. ``await``
    takes neither, and mocks give coroutines by themselves only since Python 3.8, for what they replace directly.

    Example::

        writer.drain.return_value = ()             # AwaitableTuple(), a class that is added to the file
        with patch("app.Client") as client:        # Client().read() was waited for
            ...
        with patch("app.Client", new_callable=AwaitableMock) as client:
            ...                                    # after, where a MagicMock is what it surely was

    An ``AwaitableMock`` is a MagicMock with an ``__await__``, and so is all that it gives; the class is added to the
    file. Mocks of a function are taken for AsyncMocks for Python 3.8 and later, and stay, unless they are told to give
    a coroutine or a future.

    What to do: nothing where the finding is a note; else give the mock coroutine functions, or a finished future as its
    result.
    """


class NativeInGenerator(Code):
    """A generator that has to stay one, such as ``__iter__`` or ``__await__``, delegates to what became a coroutine.

    Why: a plain generator may not delegate to a coroutine object. ``x.__await__()`` gives an iterator that it may
    delegate to, and that hands up the same futures (PEP 492), so the port goes through it.

    Example::

        def __await__(self):
            yield from self.acquire()                 # before
            yield from self.acquire().__await__()     # after

    On the way back the call goes again; where what it is called on may be a generator or not, it is asked with
    ``getattr(x, "__await__", lambda: x)()``. In an ``__await__`` that only returns such calls, each becomes
    ``return (yield from x)``: a generator does the same.

    What to do: nothing where the finding is a note. Where it is a warning, aioport could not tell whether what is
    delegated to has become a coroutine: write the call of ``__await__()`` if it has.
    """


class NeedsNewerPython(Code):
    """The port uses a module, function or argument of the standard library that the target version does not have.

    Why: aioport brings coroutines, asyncio's names and syntax to the target version, not the rest of the library.
    vermin knows when that came; what stands behind a version switch or ``except ImportError`` is not reported.

    Example::

        from contextlib import suppress        # not Python 2.7

    What to do: write it with what is there, put it behind a version switch, or depend on a package that has it.
    """


class NewDependency(Code):
    """A name that the target's library lacks comes from aiocompat.

    Why: ``asyncio.run`` came with Python 3.7, and Trollius has nothing like it. aiocompat has it for all versions.
    Trollius's own ``Task.current_task()`` gives the task of a nested coroutine, where asyncio has none; aiocompat's
    gives the caller's.

    Example::

        aiocompat.run(main())        # was asyncio.run(main())

    What to do: add aiocompat to what the project depends on.
    """


class NewerName(Code):
    """A name, method or argument of asyncio that the target version does not have yet; ``aioport audit`` only.

    Why: the program is to run on a Python that is older than what it uses.

    Example::

        async with asyncio.timeout(3):        # here, for 3.10 and older
            ...

    What to do: port it to the portable style, ``aioport --to compat``; aiocompat has asyncio's whole API everywhere.
    """


class NewerSyntax(Code):
    """Syntax, or a builtin, that the target version does not have; all of the file is left.

    Why: a file that does not parse helps nobody, and neither does one that stops with a NameError.

    Example::

        raise Failed() from error        # not Python 2.7

    What to do: write it in a way that the target version has, or port to a newer version.
    """


class NotPython(Code):
    """A file does not parse, or the Python that runs aioport cannot compile it.

    Why: aioport rewrites syntax trees, so it needs files that are valid Python, in any version from 3.0 on. What it
    writes it compiles first; it does not write what cannot be compiled, as a comprehension that yields since 3.8.

    Example::

        broken.py:3:8: failure not-python: it does not parse

    What to do: mend the file, or leave it out with ``--exclude``.
    """


class NotText(Code):
    """A file cannot be decoded as text, or the port cannot be encoded again.

    Why: Python source is UTF-8 unless a coding line says otherwise (PEP 263).

    Example::

        old.py:7:1: failure not-text: byte 0xe9 cannot be decoded as utf-8

    What to do: add the coding line that is missing, or save the file as UTF-8.
    """


class OlderName(Code):
    """A function of asyncio is replaced by what did the same before it was there, which finds its loop differently.

    Why: ``create_task``, ``current_task`` and ``get_running_loop`` (3.7) use the running loop and raise RuntimeError
    without one. ``ensure_future``, ``Task.current_task`` and ``get_event_loop`` use the loop that is set; the running
    loop counts as set from 3.5.3 on.

    Example::

        task = asyncio.ensure_future(work())        # was create_task(work())

    What to do: nothing where ``set_event_loop()`` is called for every loop that runs.
    """


class OlderSyntax(Code):
    """Syntax of Python 3 was written as Python 2 has it; what the program does with text and numbers was not touched.

    Why: f-strings become calls of ``str.format``, annotations type comments, ``super()`` gets its arguments, what inner
    functions change by ``nonlocal`` becomes a list of one element, and so on; ``from __future__`` brings division and
    print. What builtins and methods give is not syntax. On Python 2 a plain
    literal is bytes, so a format call fails with UnicodeEncodeError where it is given text that is not ASCII;
    ``map``, ``zip``, ``filter``, ``range`` and the methods of dicts give lists; ``round`` gives floats; a name after
    ``except ... as`` stays; ``!=`` does not ask ``__eq__``; annotations are no longer there at run time.

    Example::

        # type: (int) -> str                                 # was def show(port: int) -> str:
        return 'on port {}'.format(port)                     # was f'on port {port}'

    What to do: put ``from __future__ import unicode_literals`` into files that format text which is not ASCII, and run
    the tests on Python 2.
    """


class OutsideKeyword(Code):
    """``async`` or ``await`` is an argument or attribute of something outside of the project, so it keeps its name.

    Why: both are keywords from 3.7 on, but may still be given as strings. That is exactly the same; whether the other
    project still has that name is for it to say.

    Example::

        psycopg2.connect(dsn, async=True)                # before
        psycopg2.connect(dsn, **{"async": True})         # after

    What to do: see what it is called in the version that is used now. Where it is the project's own all the same, give
    aioport all files at once.
    """


class OwnLibrary(Code):
    """The project has asyncio or Trollius itself in it, and its files use that one.

    Why: what is known of the library's decorator, tasks and locks is known of the released one. An older or changed one
    may not take an ``async def`` at all: asyncio 3.4.3 does not.

    Example::

        asyncio/coroutines.py            # every file of the project is left

    What to do: name the folders that only use the library, or port it by hand.
    """


class PositionalArguments(Code):
    """Arguments are given by position to something that takes them by keyword only in asyncio.

    Why: Trollius has no keyword-only parameters, and its ``loop`` often stands in the middle. Where the arguments can
    be counted they are given their keywords; with ``*args``, or on an object that may not be a loop, they cannot.

    Example::

        done, pending = yield From(trollius.wait(*arguments))

    What to do: give them by keyword.
    """


class PrivateName(Code):
    """A private attribute of asyncio's futures and tasks that is gone.

    Why: Future and Task are written in C since Python 3.6, and have no ``_schedule_callbacks``, ``_step`` and so on.

    Example::

        asyncio.Task._step(task)        # here

    What to do: use the public interface: ``add_done_callback()``, ``set_result()``, ``cancel()``, ``done()``.
    """


class ProcessEnded(Code):
    """The process that worked on a file ended before it was done.

    Why: something killed it, or there was not enough memory. The file is as it was; the others go on.

    Example::

        app.py:1:1: failure process-ended: the process that worked on this file ended

    What to do: run aioport again, with fewer ``--jobs`` where memory is short. If it happens again, leave the file out
    and report it to aioport.
    """


class ProtocolMethod(Code):
    """A method that Python itself calls, and whose result it uses at once, is decorated as a coroutine.

    Why: a decorated ``__iter__`` gives a generator, which ``yield from`` can run and ``for`` can iterate; as an ``async
    def`` it would give a coroutine, which neither takes. With ``types.coroutine`` it stays what it was, and the port
    writes that where the method waits for something. ``__aiter__`` must give the iterator itself since Python 3.7.
    Where nobody calls it by name, it becomes a plain function if it waits for nothing, and an asynchronous generator
    that goes through the iterator if it waits before it returns that in its last line. An ``__await__``, of which
    aiocompat makes what Python wants, becomes a generator that delegates to the ``__await__()`` of what it waited for,
    if that surely has one and nothing but waiting is done with what a call of it gives.

    Example::

        class Request:
            @asyncio.coroutine
            def __iter__(self):                      # left as it is
                return self._send()

    What to do: for objects that are awaited, keep one ``async def`` with the body and write
    ``def __await__(self): return self._run().__await__()``; make ``__aiter__`` a plain function, which waits
    for nothing, and wait in ``__anext__``.
    """


class Python2Converted(Code):
    """A file in Python 2 syntax was converted, as ``--python2`` asks.

    Why: fissix makes Python 3 of the syntax, and nothing else changes: text and bytes, the division of integers, what
    ``dict.keys()`` gives, and modules that have other names are as they were. ``exec`` is a function now and cannot
    bind names of the function around it; ``print x,`` writes its space at once.

    Example::

        print "size: %d" % (size / 2)            # before
        print("size: %d" % (size / 2))           # 5 / 2 is 2.5 now, which %d writes as 2

    What to do: run the tests on Python 3. ``python-modernize`` and ``2to3`` know what else may be needed.
    """


class Python2Syntax(Code):
    """A file holds syntax that only Python 2 has, so all of it is left as it is.

    Why: it cannot be parsed as Python 3 or, worse, would be parsed with another meaning: ``except Error, e:`` reads as
    two exceptions, ``print >>out, text`` as a comparison.

    Example::

        try:
            connect()
        except socket.error, error:
            print "failed:", error

    What to do: use ``--python2``, which converts the syntax first, or convert it by hand. Python 3.14 has
    ``except A, B:`` too, for two exceptions (PEP 758); in a file with syntax that Python 2 does not have it is taken
    for that, elsewhere put the two into parentheses.
    """


class RemovedElsewhere(Code):
    """A part of the standard library that has nothing to do with asyncio, and that the target version does not have.

    Why: the ported file would fail there, and people would look for the reason in the port.

    Example::

        from collections import Mapping        # here, for 3.10 and later
        self.assertEquals(a, b)                # here, for 3.12 and later

    What to do: what the advice says. pyupgrade rewrites the most common ones by itself.
    """


class RenamedKeyword(Code):
    """Something that others may use was called ``async`` or ``await``, and is called ``async_`` or ``await_`` now.

    Why: both are keywords from 3.7 on. All uses in the files that are ported follow, those elsewhere cannot. A module's
    file gets the new name, and so does a package's folder.

    Example::

        def fetch(url, async=False):          # before
        def fetch(url, async_=False):         # after

    What to do: tell those who use it, and look for its name in packaging and documentation. ``--keyword-suffix``
    chooses another end.
    """


class ReturnCaught(Code):
    """A ``raise Return`` stood where something saw it as an exception; the ``return`` it became is not seen.

    Why: Trollius's ``Return`` is an exception, so ``except Exception`` caught it, and a ``with`` block's ``__exit__``
    was told of it. Nearly always that was a mistake which the port mends, but behaviour changes.

    Example::

        try:
            raise Return(cache[key])       # was caught two lines below, and logged
        except Exception:
            log.exception("no such key")

    What to do: check that nothing relied on the exception being seen.
    """


class ReturnOutsideCoroutine(Code):
    """``raise Return`` in a function that is no coroutine.

    Why: it ends the coroutine that called the function, with that value. A ``return`` would only end the function
    itself.

    Example::

        def finish(value):
            raise Return(value)            # ends the caller

    What to do: return the value from the function, and return it again in the coroutine.
    """


class ReturnSeen(Code):
    """A value is returned out of a ``with`` block, in a style that returns values by an exception.

    Why: ``raise Return(value)`` leaves the block with an exception, so the ``__exit__`` of what was entered is told of
    it: a transaction would be rolled back. (Locks, files and the like do not look at it, and are no hindrance.) Where
    the block ends with the value, and nothing runs after it otherwise, the port keeps the value until it has been left.

    Example::

        with self.transaction():
            await self.add(item)
            if self.is_full:
                return item            # the function is left
            await self.commit()
        await self.log("added")

    What to do: return the value after the ``with`` statement.
    """


class ReturnedAwaitable(Code):
    """A decorated function without ``yield`` returns something that may or may not be awaitable.

    Why: ``asyncio.coroutine`` awaits a future or coroutine that such a function returns; ``async def`` gives it to the
    caller as it is. Where the value surely is awaitable the port awaits it, where it surely is not it just returns it.
    Out of a ``try`` or ``with`` it was awaited after that statement had been left, which ``return await`` would not do.

    Example::

        @asyncio.coroutine
        def fetch(self):
            return self.backend.fetch()     # a coroutine? a value?

    For 3.11 and later, which have no such decorator, and in coroutines of Trollius, one of which would hold up all
    others, the port asks the value when it runs, as the decorator did: ``await result if inspect.isawaitable(result)
    else result``. Out of a ``try`` or ``with`` at the end of the function it does so below that statement. A generator
    that nothing marks as a coroutine is not awaited any more. Where that cannot be written, and in other coroutines for
    3.10 and before, the function stays as it is.

    What to do: make it an ``async def``, with ``return await ...`` if the value is awaitable.
    """


class ServerClose(Code):
    """A server is closed, and what follows relies on what that did before.

    Why: ``Server.wait_closed()`` returned at once up to Python 3.11, and waits for all connections since 3.12: with a
    client that stays it never returns. A Unix server removes the file of its socket since 3.13.

    Example::

        server.close()
        await server.wait_closed()        # here, for 3.12 and later
        os.unlink(path)                   # here, for 3.13 and later

    Where a coroutine of the old style waits right after ``close()``, it waited for nothing: the line goes, or is only
    for what is no ``asyncio.AbstractServer`` where that is not certain. Code with ``await`` may be written for 3.12
    and stays.

    What to do: close the connections first (``server.close_clients()``, 3.13) or do not wait; let FileNotFoundError
    pass, or give ``cleanup_socket=False``.
    """


class StarImport(Code):
    """``from trollius import *`` in a file where a coroutine had to be left.

    Why: that coroutine needs Trollius's names, the others would need asyncio's, and both libraries call most things the
    same. So all of the file stays.

    Example::

        from trollius import *       # left

        @coroutine
        def rows():
            yield 1                  # left: it hands out a value

        @coroutine
        def pause():
            yield From(sleep(1))     # left: whose sleep?

    What to do: port by hand what the file's other findings are about, or import the names one by one, and run aioport
    again.
    """


class StopIteration(Code):
    """A coroutine raises ``StopIteration``.

    Why: until Python 3.6 that ended a generator-based coroutine, with the exception's value; out of an ``async def``
    comes ``RuntimeError`` instead (PEP 479).

    Example::

        @trollius.coroutine
        def first(queue):
            item = yield From(queue.get())
            raise StopIteration(item)          # left: was as good as a return

    In a generator that stays one the port writes ``return`` for Python 3.7 and later, unless a handler or a context
    manager sees the exception first.

    What to do: return the value. Where it is caught inside of the same function, raise another exception.
    """


class TaskFactory(Code):
    """A task factory that takes a loop and a coroutine, and nothing else.

    Why: since Python 3.14 a loop calls its factory with the ``name=`` and ``context=`` that ``create_task()`` is given.
    Up to 3.12 it set the name itself.

    Example::

        def factory(loop, coro):
            return asyncio.Task(coro, loop=loop)

        loop.set_task_factory(factory)        # here

    What to do: ``def factory(loop, coro, **kwargs)``, and hand ``**kwargs`` on to the task.
    """


class TaskFunction(Code):
    """``Task.current_task()`` or ``Task.all_tasks()`` became the function of that name, which differs a little.

    Why: ``asyncio.all_tasks()`` leaves out tasks that are done, and both raise RuntimeError where no loop runs and none
    is given. The methods went with Python 3.9.

    Example::

        pending = [task for task in asyncio.Task.all_tasks() if not task.done()]

    What to do: nothing where done tasks do not matter and a loop runs.
    """


class TaskPerCoroutine(Code):
    """A coroutine that is ported from Trollius asks for the current task.

    Why: Trollius runs each nested coroutine in a task of its own; with asyncio a coroutine runs in the task of its
    caller. To Trollius there is no such finding: aiocompat's functions for tasks leave out those of nested coroutines.

    Example::

        task = trollius.Task.current_task()     # is the caller's task now

    What to do: check what the task is used for: cancelling it now cancels the callers too.
    """


class TaskResult(Code):
    """The result of a task is set from outside.

    Why: since Python 3.7 ``Task.set_result()`` and ``Task.set_exception()`` raise RuntimeError: the task sets its own.

    Example::

        task = asyncio.ensure_future(work())
        task.set_result(None)        # here

    What to do: ``loop.create_future()`` beside the task, or ``task.cancel()``.
    """


class TimeoutIsOserror(Code):
    """A clause for ``OSError`` around a wait that may time out.

    Why: ``asyncio.TimeoutError`` is the builtin TimeoutError since Python 3.11, which is an OSError. A clause for
    OSError above the one for timeouts would get them, so the two change places; one that stands alone gets them now.

    Example::

        try:
            await asyncio.wait_for(reader.read(), 3)
        except OSError:                        # comes second now
            reconnect()
        except asyncio.TimeoutError:           # comes first now
            give_up()

    What to do: check that a timeout of the system (ETIMEDOUT, the same class) may end in the clause for timeouts too.
    """


class TransportSocket(Code):
    """A method of a transport's socket that it does not have any more, or a loop that is to watch that socket.

    Why: ``get_extra_info("socket")`` gives a TransportSocket since Python 3.8, because reading from or writing to the
    socket beside its transport loses data. Its methods that do so are gone since 3.11. ``add_reader()``,
    ``remove_reader()`` and the same for writers refuse it with RuntimeError since 3.5.3, which Trollius never did.

    Example::

        sock = writer.get_extra_info("socket")
        sock.sendall(b"...")        # here

    What to do: use the transport; or make the socket yourself, keep it, and give it to ``create_connection(sock=)``.
    """


class UndecidedContextManager(Code):
    """``with (yield from x):`` where x may be a lock, or an awaitable whose value is the context manager.

    Why: the first becomes ``async with x:``, the second ``with await x:``. (Until 3.8 ``with await x:`` is right for
    both, and is what targets up to 3.8 get.) A lock gives None, so ``as connection`` with ``connection.execute()``
    below is no lock. Where the function uses something of x that locks do not have, it is taken for none, with a
    warning. A lock awaited elsewhere than in a ``with`` is reported too: since 3.9 it cannot be.

    Example::

        with (yield from pool.get()) as connection:
            ...

    What to do: write the one that is right.
    """


class UndecidedGenerator(Code):
    """An undecorated generator delegates to something unknown, and nothing shows whether it is a coroutine.

    Why: before 3.7 a coroutine did not need a decorator. What delegates to a known coroutine, is run or awaited is
    taken for one, what is iterated is not; here there is no sign of either.

    Example::

        def handle(self, request):
            data = yield from request.content.read()

    What to do: decorate it with ``asyncio.coroutine`` if it is a coroutine, and port again; ``--unsafe`` takes all such
    generators for coroutines.
    """


class Unreadable(Code):
    """A file or folder cannot be read.

    Why: it does not exist, or the system refuses.

    Example::

        srcc/: failure unreadable: it does not exist

    What to do: check the path and its permissions.
    """


class Unwritable(Code):
    """A ported file cannot be written.

    Why: files are replaced whole, so aioport needs to create a temporary file in the same folder. The file is as it
    was.

    Example::

        app.py:1:1: failure unwritable: it cannot be written: Permission denied

    What to do: check the permissions of the folder.
    """


class VersionBreak(Code):
    """A use of asyncio that does not work in the target version; ``aioport audit`` only.

    Why: it is gone, takes other arguments, or gives something else than it did.

    Example::

        loop.run_until_complete(asyncio.wait([work()], loop=loop))        # two breaks: 3.10 and 3.11

    What to do: run the port for that version, which rewrites it: ``aioport --to async-await --target-version 3.14``.
    """


class WaitForNothing(Code):
    """``wait_for()`` with a timeout of 0.

    Why: up to Python 3.6 a coroutine ran to its first wait before the timeout was looked at, and gave its result if it
    had none. Since 3.7 it is not started at all, and TimeoutError is raised.

    Example::

        yield from asyncio.wait_for(queue.get(), 0)        # here

    What to do: ask without waiting (``queue.get_nowait()``), or await without ``wait_for``.
    """


class WaitForTasks(Code):
    """``asyncio.wait()`` is given something that may hold coroutines, which it no longer takes.

    Why: until 3.10 it made a task of each coroutine; since 3.11 it raises TypeError. Where the port sees that there are
    coroutines it makes the tasks, where all are tasks it does nothing.

    Example::

        done, pending = await asyncio.wait(waiting)        # who filled it, and with what?

    What to do: give it ``asyncio.ensure_future(x)`` for each x that is a coroutine.
    """


class WrappedGenerator(Code):
    """Another decorator stands between the coroutine decorator and the generator, or wants a generator function itself.

    Why: a decorator below is given the generator function; after the port it would be given a coroutine function. Known
    harmless ones (``functools.wraps``, ``abstractmethod``, ``pytest.mark``) are no hindrance.

    Example::

        @asyncio.coroutine
        @count_steps              # iterates what it wraps
        def work(self):
            yield from self.queue.get()

    What to do: move the decorator above the coroutine decorator if it can wrap coroutine functions.
    """


class YieldInComprehension(Code):
    """A coroutine waits inside a comprehension or generator expression.

    Why: on Python 3 such a ``yield`` belongs to the comprehension, which becomes a generator itself; from 3.8 on it
    is a syntax error. (In Trollius code, a list comprehension waits as it looks, and is ported.)

    Example::

        results = [(yield from fetch(url)) for url in urls]

    What to do: write a loop, or ``[await fetch(url) for url in urls]`` if that is what was meant.
    """


class YieldInLambda(Code):
    """A ``yield`` inside a lambda.

    Why: it makes the lambda a generator function, and there is no asynchronous lambda.

    Example::

        callback = lambda: (yield from self.close())

    What to do: write an ``async def``.
    """


CODES: Mapping[str, type[Code]] = {code.name(): code for code in Code.__subclasses__()}
"""All codes by name."""
