"""Exception groups (PEP 654) where neither Python nor the ``exceptiongroup`` package has them."""


class BaseExceptionGroup(BaseException):
    """Several exceptions raised at once; an :class:`ExceptionGroup` if all of them are an ``Exception``.

    Its traceback, as printed, shows the group only, not the exceptions in it.
    """

    def __new__(cls, message, exceptions):
        exceptions = tuple(exceptions)
        if not exceptions:
            raise ValueError("second argument (exceptions) must be a non-empty sequence")
        if not all(isinstance(item, BaseException) for item in exceptions):
            raise ValueError("second argument (exceptions) must hold exceptions only")
        ordinary = all(isinstance(item, Exception) for item in exceptions)
        if cls is BaseExceptionGroup and ordinary:
            cls = ExceptionGroup
        elif issubclass(cls, Exception) and not ordinary:
            raise TypeError("Cannot nest BaseExceptions in an %s" % cls.__name__)
        group = super(BaseExceptionGroup, cls).__new__(cls, message, exceptions)
        group.message = message
        group.exceptions = exceptions
        return group

    def __init__(self, message, exceptions):
        super(BaseExceptionGroup, self).__init__(message, exceptions)

    def __str__(self):
        count = len(self.exceptions)
        return "%s (%d sub-exception%s)" % (self.message, count, "" if count == 1 else "s")

    def derive(self, exceptions):
        """A group of the same message with other exceptions."""
        return BaseExceptionGroup(self.message, exceptions)

    def subgroup(self, condition):
        """The group of what matches a type, a tuple of types or a predicate, nested as here; ``None`` if nothing."""
        return self.split(condition)[0]

    def split(self, condition):
        """The group of what matches and that of what does not; ``None`` for one that would be empty."""
        matches = condition
        if isinstance(condition, (type, tuple)):

            def matches(error):
                return isinstance(error, condition)

        if matches(self):
            return self, None
        inside, outside = [], []
        for error in self.exceptions:
            if isinstance(error, BaseExceptionGroup):
                found, rest = error.split(matches)
            else:
                found, rest = (error, None) if matches(error) else (None, error)
            inside.extend([] if found is None else [found])
            outside.extend([] if rest is None else [rest])
        return self._part(inside), self._part(outside)

    def _part(self, exceptions):
        if not exceptions:
            return None
        part = self.derive(exceptions)
        for name in ("__traceback__", "__cause__", "__context__", "__notes__"):
            if hasattr(self, name):
                setattr(part, name, getattr(self, name))
        return part


class ExceptionGroup(BaseExceptionGroup, Exception):
    """Several of ``Exception`` raised at once."""
