from setuptools import setup

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # before 70.1
    from wheel.bdist_wheel import bdist_wheel


class NumberedWheel(bdist_wheel):
    """Its wheels have the build number 7."""

    def finalize_options(self):
        self.build_number = "7"
        super().finalize_options()


setup(
    name="market",
    version="2.1.0",
    packages=["market"],
    include_package_data=True,
    cmdclass={"bdist_wheel": NumberedWheel},
)
