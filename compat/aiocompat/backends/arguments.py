"""Keyword-only arguments for code that Python 2.7 reads as well."""


def keywords(options, **defaults):
    """The keyword-only arguments in ``options`` and the defaults of the others; TypeError for any other name."""
    for name in options:
        if name not in defaults:
            raise TypeError("unexpected keyword argument %r" % name)
    defaults.update(options)
    return defaults
