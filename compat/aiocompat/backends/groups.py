"""Exception groups before Python 3.11: those of the ``exceptiongroup`` package, or ours without it."""

try:
    from exceptiongroup import BaseExceptionGroup, ExceptionGroup
except ImportError:
    from aiocompat.backends.own_groups import BaseExceptionGroup, ExceptionGroup

__all__ = ["BaseExceptionGroup", "ExceptionGroup"]
