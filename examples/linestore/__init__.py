"""A key-value store behind a socket, written once with aiocompat for Python 2.7 and 3.3 to 3.15."""
