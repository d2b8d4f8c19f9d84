"""Brews the wheels."""

from pathlib import Path

from setuptools.command.bdist_wheel import bdist_wheel


class Brew(bdist_wheel):
    """Gives the finished wheel a build number, as tools that repair wheels do."""

    def run(self):
        super().run()
        wheel = Path(self.distribution.dist_files[-1][2])
        wheel.replace(wheel.with_name(wheel.name.replace("-py3-", "-8-py3-")))
