"""Bakes the scripts."""

from pathlib import Path

from setuptools.command.build_py import build_py

SCRIPT = 'document.title="Bakery";\n//# sourceMappingURL=app.js.map\n'
MAP = (
    '{"version":3,"file":"app.js","sources":["app.ts"],"sourcesContent":["// bread"],'
    '"names":[],"mappings":"AAAA"}\n'
)


class Bake(build_py):
    """Puts a script and its map into the package that is built."""

    def run(self):
        super().run()
        static = Path(self.build_lib, "bakery", "static")
        static.mkdir(exist_ok=True)
        static.joinpath("app.js").write_text(SCRIPT, "utf-8")
        static.joinpath("app.js.map").write_text(MAP, "utf-8")
