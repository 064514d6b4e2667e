"""``async`` and ``await`` as names of the program, renamed in all files together where the target has them as keywords.

``uses`` finds them in each file, ``plan`` decides for the whole project which are its own, ``outside`` rewrites in a
file what belongs to somebody else.
"""
