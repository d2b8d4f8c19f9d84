"""The setuptools command and the wrap of `bdist_wheel`."""
