"""Which of the shim's tests the running interpreter can collect."""

import sys

collect_ignore = ["typed_sample.py"]
if sys.version_info < (3, 5):
    # Written with async def.
    collect_ignore += ["test_native.py", "test_native_conversion.py", "test_native_modules.py", "test_deferring.py"]
if sys.version_info < (3, 9):
    # It needs ast.unparse().
    collect_ignore.append("test_old_versions.py")
if sys.version_info >= (3,):
    collect_ignore.append("test_over_trollius.py")
