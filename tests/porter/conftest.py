"""Lets the tests of the porter import the modules beside them."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

# A busy machine is no failure of what is tested.
settings.register_profile("aioport", deadline=None)
settings.load_profile("aioport")

if sys.version_info[:2] != (3, 13):
    # What a port gives does not depend on the Python that runs the porter, which the small cases show on each. These
    # take minutes.
    collect_ignore = ["test_audit_names.py", "test_every_name.py", "test_port_programs.py"]
