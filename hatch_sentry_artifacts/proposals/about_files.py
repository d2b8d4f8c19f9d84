"""Advice on the files that the wheel is to hold: their maps, their names, and who makes them."""

from __future__ import annotations

from collections.abc import Iterator

from hatch_sentry_artifacts.configuration.options import Options
from hatch_sentry_artifacts.configuration.project import HOOK
from hatch_sentry_artifacts.proposals.advice import Code, Section, section
from hatch_sentry_artifacts.proposals.bundlers import Bundler
from hatch_sentry_artifacts.proposals.edits import dotted
from hatch_sentry_artifacts.proposals.front_end import hooks_before, runs_after_ours
from hatch_sentry_artifacts.proposals.project_files import Kind, ProjectFiles
from hatch_sentry_artifacts.proposals.surroundings import Surroundings
from hatch_sentry_artifacts.proposals.toml_values import value_text
from hatch_sentry_artifacts.proposals.wanted import KEPT_MAPS
from hatch_sentry_artifacts.proposals.wheel_look import WheelLook

_MOST_FOLDERS = 10
_PACKING = {
    "poetry": 'in [tool.poetry], include = [{ path = "PACKAGE/static/**/*", format = "wheel" }]',
    "pdm": 'in [tool.pdm.build], includes = ["src/PACKAGE/static"]',
    "maturin": 'in [tool.maturin], include = [{ path = "PACKAGE/static/**/*", format = "wheel" }]',
    "setuptools": 'in [tool.setuptools.package-data], PACKAGE = ["static/**"]',
}


def file_sections(files: ProjectFiles, around: Surroundings, options: Options) -> Iterator[Section]:
    """Yield what there is to say of the files, one section a subject."""
    yield section("Source maps", *_about_maps(files, around, options))
    if parts := list(_about_names(files, around.wheel, options)):
        yield section("Names", *parts)
    if parts := list(_about_hooks(files)):
        yield section("Order of hooks", *parts)


def _about_maps(
    files: ProjectFiles, around: Surroundings, options: Options
) -> Iterator[str | Code]:
    for each in around.bundlers:
        yield f"{each.tool.name}, {_shown(files, each)}: {_state(each)}"
    wheel = around.wheel
    if not around.bundlers and not (wheel and wheel.scripts and wheel.mapped == wheel.scripts):
        yield "No bundler was found here. Whatever makes the scripts has to write source maps, too."
    if wheel is None:
        yield "No wheel is in dist/ yet. Build one and run this again, to have its names looked at."
    elif wheel.problem:
        yield f"{wheel.problem}.{_packing(files) if wheel.is_empty else ''}"
    else:
        yield from _about_wheel(wheel, options)
    if options.source_maps == "ship" and files.kind is not Kind.OTHER and wheel and wheel.mapped:
        yield (
            'The wheel ships its source maps. With `source-maps = "strip"`, they are uploaded, but '
            "left out of it."
        )
    yield from _about_kept(options)


def _about_wheel(wheel: WheelLook, options: Options) -> Iterator[str]:
    if options.source_maps == "strip" and not wheel.mapped:
        yield f"{wheel.file_name} ships without its source maps, as `source-maps` says."
    else:
        yield f"{wheel.file_name}: {wheel.mapped} of {wheel.scripts} scripts have a source map."
        yield from wheel.about_maps


def _about_kept(options: Options) -> Iterator[str]:
    if options.source_maps == "strip" and options.keep_maps is None:
        yield (
            "Where one job builds and another uploads, set also "
            f'`keep-maps = "{KEPT_MAPS}"`, and let git ignore that folder.'
        )


def _packing(files: ProjectFiles) -> str:
    """Return how files that are no modules get into the wheel; "" if they do by themselves."""
    how = next((text for key, text in _PACKING.items() if files.back_end.startswith(key)), None)
    return f" To pack them: {how}" if how else ""


def _shown(files: ProjectFiles, bundler: Bundler) -> str:
    return bundler.file.relative_to(files.folder).as_posix()


def _state(bundler: Bundler) -> str:
    if bundler.writes_maps:
        return "it writes source maps."
    if bundler.writes_maps is None:
        return f"whether it writes source maps is computed there. It has to: {bundler.tool.switch}."
    return f"it writes no source maps: {bundler.tool.switch}."


def _about_names(
    files: ProjectFiles, wheel: WheelLook | None, options: Options
) -> Iterator[str | Code]:
    if wheel is None or wheel.problem:
        return
    if not wheel.unknown:
        yield from _known(wheel, options)
        return
    for each in wheel.unknown[:_MOST_FOLDERS]:
        yield f"{each.folder or 'the wheel'}: {each.reason}."
    if options.debug_ids == "inject":
        yield 'With `debug-ids = "inject"`, events find the scripts whatever their names.'
    elif files.kind is Kind.OTHER:
        yield "With the debug ids of `inject`, events find the scripts whatever their names."
    else:
        yield 'Set `debug-ids = "inject"`, to let events find the scripts whatever their names.'
    knowable = [each.folder for each in wheel.unknown if each.knowable and each.folder]
    if knowable:
        yield (
            "Or say the path of their URLs, as the network tab of a browser shows it. Files under "
            "no key are left out:"
        )
        keys = [f'"{folder}" = "~/…"' for folder in dict.fromkeys(knowable)]
        keys += [f'"{each.folder}" = {_prefixes(each.prefixes)}' for each in wheel.inferred]
        yield Code((f"[{dotted((*files.own_table, 'paths'))}]", *keys[: 2 * _MOST_FOLDERS]))


def _prefixes(prefixes: tuple[str, ...]) -> str:
    return value_text(prefixes[0] if len(prefixes) == 1 else prefixes)


def _known(wheel: WheelLook, options: Options) -> Iterator[str | Code]:
    known = f"In {wheel.file_name}, those of all scripts are known"
    if not wheel.inferred:
        yield f"{known}: their paths in the wheel, without the first folder."
        return
    yield f"{known}:"
    yield Code(_places(wheel))
    if wheel.hint and options.debug_ids != "inject":
        yield f"{wheel.hint[:1].upper()}{wheel.hint[1:]}."


def _places(wheel: WheelLook) -> tuple[str, ...]:
    """Return where the scripts of each folder are served, and by which rule that is known."""
    lines = [f"{each.folder}: {each.prefixes[0]} [{each.rule.name}]" for each in wheel.inferred]
    more = len(lines) - _MOST_FOLDERS
    return (*lines[:_MOST_FOLDERS], *([f"… and {more} more folders"] if more > 0 else []))


def _about_hooks(files: ProjectFiles) -> Iterator[str]:
    if files.kind is not Kind.HATCHLING:
        return
    late = runs_after_ours(files)
    if late:
        wanted = files.in_hatch("build", "targets", "wheel", "hooks", HOOK)
        yield (
            f"The hook `sentry` does not see what {' and '.join(late)} makes, which runs after it: "
            f"let [{dotted(wanted)}] be the last table of hooks."
        )
    elif before := hooks_before(files):
        yield f"The hook `sentry` has to come last, and does: {', '.join([*before, 'sentry'])}."
