"""What differs between Trollius, old asyncio and new asyncio, behind one set of names: the chosen backend's."""

import sys

if sys.version_info >= (3, 7):
    from aiocompat.backends.asyncio_now import *  # noqa: F403
elif sys.version_info >= (3,):
    from aiocompat.backends.asyncio_before import *  # noqa: F403
else:
    from aiocompat.backends.over_trollius import *  # noqa: F403
