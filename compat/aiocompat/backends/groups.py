"""Exception groups: Python's since 3.11, before that those of the ``exceptiongroup`` package, or ours without it."""

import sys

if sys.version_info >= (3, 11):
    from builtins import BaseExceptionGroup, ExceptionGroup
else:
    try:
        from exceptiongroup import BaseExceptionGroup, ExceptionGroup
    except ImportError:
        from aiocompat.backends.own_groups import BaseExceptionGroup, ExceptionGroup

__all__ = ["BaseExceptionGroup", "ExceptionGroup"]
