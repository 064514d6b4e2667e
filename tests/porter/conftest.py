"""Lets the tests of the porter import the modules beside them."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

# A busy machine is no failure of what is tested.
settings.register_profile("aioport", deadline=None)
settings.load_profile("aioport")
