"""``python -m aioport``."""

from aioport.cli import main

main(prog_name="aioport")
