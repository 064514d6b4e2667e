import ast
import re
from pathlib import Path

from setuptools import find_packages, setup

here = Path(__file__).resolve().parent
package = (here / "porter" / "aioport" / "__init__.py").read_text(encoding="utf-8")
version = ast.literal_eval(re.search(r"^__version__ = (.*)$", package, re.MULTILINE).group(1))

setup(
    name="aioport",
    version=version,
    description="Rewrites coroutine source between Trollius, asyncio `yield from`, async/await and portable code",
    long_description=(here / "README.rst").read_text(encoding="utf-8"),
    long_description_content_type="text/x-rst",
    license="MIT",
    package_dir={"": "porter"},
    packages=find_packages("porter"),
    package_data={"aioport": ["py.typed"]},
    python_requires=">=3.9",
    install_requires=(here / "porter" / "requirements.txt").read_text(encoding="utf-8").splitlines(),
    # To convert Python 2 syntax.
    extras_require={"python2": ["fissix"]},
    entry_points={"console_scripts": ["aioport = aioport.cli:main"]},
    classifiers=[
        "Environment :: Console",
        "Programming Language :: Python :: 3",
        "Topic :: Software Development :: Code Generators",
    ],
    zip_safe=False,
)
