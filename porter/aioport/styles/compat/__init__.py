"""The portable style: ``@aiocompat.coroutine``, ``yield From(x)``, ``raise Return(v)`` on Python 2.7 to 3.15."""
