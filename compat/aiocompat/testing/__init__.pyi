import unittest
from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, ParamSpec, TypeVar, overload

__all__ = ["TestCase", "async_test"]

_P = ParamSpec("_P")
_T = TypeVar("_T")

@overload
def async_test(function: Callable[_P, Any], timeout: float | None = ...) -> Callable[_P, None]: ...
@overload
def async_test(
    function: None = None, timeout: float | None = ...
) -> Callable[[Callable[_P, Any]], Callable[_P, None]]: ...

class TestCase(unittest.TestCase):
    timeout: float | None
    loop: AbstractEventLoop
    # Plain functions or coroutines.
    def setUp(self) -> Any: ...
    def tearDown(self) -> Any: ...
    def asyncSetUp(self) -> Any: ...
    def asyncTearDown(self) -> Any: ...
    def addAsyncCleanup(
        self, function: Callable[_P, Awaitable[Any]], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> None: ...
    def enterAsyncContext(self, cm: AbstractAsyncContextManager[_T]) -> Coroutine[Any, Any, _T]: ...
