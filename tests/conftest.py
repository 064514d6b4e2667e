"""Which tests the running interpreter can collect."""

import sys

collect_ignore = []
if sys.version_info < (3, 9):
    # The porter runs on 3.9 and later.
    collect_ignore.append("porter")
