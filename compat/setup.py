import ast
import io
import os
import re

from setuptools import setup

here = os.path.dirname(os.path.abspath(__file__))


def read(*parts):
    with io.open(os.path.join(here, *parts), encoding="utf-8") as file:
        return file.read()


version = ast.literal_eval(re.search(r"^__version__ = (.*)$", read("aiocompat", "__init__.py"), re.MULTILINE).group(1))

setup(
    name="aiocompat",
    version=version,
    description="One coroutine API for Python 2.7 and 3.3 to 3.15",
    long_description=read("README.rst"),
    long_description_content_type="text/x-rst",
    license="MIT",
    packages=["aiocompat", "aiocompat.backends", "aiocompat.coroutines", "aiocompat.testing"],
    package_data={"aiocompat": ["*.pyi", "py.typed"], "aiocompat.testing": ["*.pyi"]},
    python_requires=">=2.7, !=3.0.*, !=3.1.*, !=3.2.*",
    install_requires=read("requirements.txt").splitlines(),
    classifiers=[
        "License :: OSI Approved :: MIT License",
        "Programming Language :: Python :: 2.7",
        "Programming Language :: Python :: 3",
        "Topic :: Software Development :: Libraries",
    ],
    zip_safe=False,
)
