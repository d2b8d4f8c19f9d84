"""Recognizes the bundler or compiler that wrote a script, by what it puts into its output."""

from __future__ import annotations

import re
from dataclasses import dataclass

# How much of a script is looked at: what bundlers put in stands at the beginning.
HEAD_BYTES = 24 * 1024


@dataclass(frozen=True)
class Writer:
    """What wrote a script: its `name`, and `switch`, the advice that makes it write source maps.

    Its output holds one of the `words`, or what one of the `marks` matches, or begins as
    `opening` says.
    `packs` tells bundlers, whose output holds that of other tools, from those others.
    """

    name: str
    switch: str
    words: tuple[bytes, ...] = ()
    marks: tuple[re.Pattern[bytes], ...] = ()
    opening: re.Pattern[bytes] | None = None
    packs: bool = True

    def wrote(self, text: bytes) -> bool:
        """Return whether `text` shows its hand."""
        # Single words are found many times faster than by one expression of all.
        if any(word in text for word in self.words):
            return True
        if self.opening is not None and self.opening.match(text):
            return True
        return any(mark.search(text) for mark in self.marks)


def _marks(*expressions: bytes) -> tuple[re.Pattern[bytes], ...]:
    # Each begins with text that is the same each time, and is by itself: both make it fast.
    return tuple(map(re.compile, expressions))


def _opening(*expressions: bytes) -> re.Pattern[bytes]:
    return re.compile(b"|".join(expressions))


# The first that fits counts: what is made on top of another tool stands before it, and output that
# anything may hold, such as helpers of compilers, comes last.
WRITERS = (
    Writer(
        "Next.js",
        "set `productionBrowserSourceMaps: true` in next.config",
        (b"TURBOPACK", b"webpackChunk_N_E", b"__BUILD_MANIFEST", b"__NEXT_P"),
    ),
    Writer(
        "Parcel",
        "leave out `--no-source-maps`",
        (b"parcelRequire", b"parcel$"),
        _marks(rb"\$[0-9a-f]{16}\$(?:export|var|exports|import|require)\b"),
    ),
    Writer(
        "Metro",
        "pass `--source-map` to `metro build`, or `--sourcemap-output FILE` to "
        "`react-native bundle`",
        (b"__BUNDLE_START_TIME__", b"__METRO_GLOBAL_PREFIX__"),
        _marks(rb"__d\(function\(\w+, ?\w+, ?\w+, ?\w+, ?\w+, ?\w+, ?\w+\)"),
    ),
    Writer(
        "Angular",
        'set `"sourceMap": true` in angular.json',
        (b"__zone_symbol__", b"__Zone_symbol_prefix", b"Zone.__load_patch"),
    ),
    Writer(
        "Vite",
        "set `build.sourcemap: true` in vite.config",
        (
            b"__vite__",
            b"__vitePreload",
            b"vite:preloadError",
            b"vite/modulepreload-polyfill",
            b"vite/preload-helper",
        ),
        _marks(
            rb"\.relList;\s*if\s*\(\w+\s*&&\s*\w+\.supports\s*&&\s*\w+\.supports\(.modulepreload"
        ),
    ),
    Writer(
        "Rspack",
        'set `devtool: "source-map"` in rspack.config',
        (b"rspackChunk", b"__rspack", b"_rspack_module", b"rspack_import", b"bundler=rspack"),
    ),
    Writer(
        "Browserify",
        "pass `--debug`",
        opening=_opening(
            rb"[^\n]{0,640}\"function\"==typeof require&&require",
            rb"[^\n]{0,640}typeof require==\"function\"&&require",
        ),
    ),
    Writer(
        "webpack",
        'set `devtool: "source-map"` in webpack.config',
        (
            b"webpackChunk",
            b"webpackJsonp",
            b"__webpack_",
            b"__unused_webpack",
            b"webpackUniversalModuleDefinition",
            b"/*! For license information please see ",
            # The cache of modules, as minifiers leave it.
            b"]={exports:{}};",
            b"]={exports:{}},",
            b",l:!1,exports:{}}",
        ),
        _marks(
            rb"\.o=\(\w+,\w+\)=>Object\.prototype\.hasOwnProperty\.call\(",
            rb"\.o=function\(\w+,\w+\)\{return Object\.prototype\.hasOwnProperty\.call\(",
        ),
        # The modules by their numbers.
        _opening(
            rb"[!(]+(?:\(\)=>|function\(\))\{(?:\"use strict\";)?(?:let \w+;)?"
            rb"var (?:\w+,)*\w+=\{(?:\d+|\"[^\"\n]{1,99}\")(?:\(\w*[,)]|:\(|:\w+=>|:function\()",
        ),
    ),
    Writer(
        "Rolldown",
        "set `output.sourcemap: true`, or `build.sourcemap: true` for Vite",
        (
            b"rolldown/runtime",
            b"rolldown:runtime",
            b"rolldown-runtime",
            b"//#region ",
            b"Symbol.toStringTag,{value:`Module`}",
        ),
        _marks(
            rb"=Object\.(?:create|defineProperty),\w+=Object\.\w+,\w+=Object\.getOwnProperty",
        ),
    ),
    Writer(
        "Rollup",
        "set `output.sourcemap: true`, or `build.sourcemap: true` for Vite",
        (
            b"_mergeNamespaces",
            b"getDefaultExportFromCjs",
            b"commonjsGlobal",
            b"_interopNamespaceDefault",
        ),
        _marks(
            rb"__proto__:\s*null,[^;]{0,2000}?Symbol\.toStringTag,\s*\{\s*value:\s*[\"']Module",
            rb"\(global, factory\) \{\n\s+typeof exports === 'object' && typeof module !== 'und",
            rb"System\.register\((?:'[^'\n]*', )?\[[^\]]*\], \(?function \(exports[,)]",
        ),
        # Without a name and exports, people write the same.
        _opening(
            rb"var \w+ = \(function \([^)\n]{0,99}\) \{\n\s+'use strict';",
            rb"\(function \(exports[^)\n]{0,99}\) \{\n\s+'use strict';",
        ),
    ),
    Writer(
        "Bun",
        "pass `--sourcemap=linked` to `bun build`",
        (
            b"__returnValue",
            b"__exportSetter",
            b"__toESMCache_",
            b"var{getPrototypeOf:",
            b"configurable:!0,set:",
        ),
        opening=_opening(rb"// @bun\b"),
    ),
    Writer(
        "esbuild",
        "pass `--sourcemap`, or set `sourcemap: true`",
        (
            b"var __defProp = Object.",
            b"var __create = Object.",
            b"var __getOwnPropNames = Object.",
            b"var __getOwnPropSymbols = Object.",
            b"__toESM(",
            b"__commonJS(",
            b"__publicField(",
            b"__privateGet(",
            b"__objRest(",
            b"__toCommonJS(",
            b"Dynamic require of ",
        ),
        _marks(
            rb"=Object\.(?:create|defineProperty|getOwnPropertySymbols);var \w+=",
            rb"\"\./chunk-[0-9A-Z]{8}\.m?js\"",
        ),
        _opening(
            rb"(?:\"use strict\";\s*)?\(\(\) => \{\n\s+// \S+\.\w+\n",
            rb"(?:\"use strict\";\s*)?// \S+/\S+\.[cm]?[jt]sx?\n",
        ),
    ),
    Writer(
        "the Closure Compiler",
        "pass `--create_source_map`",
        (b"$jscomp", b"goog.provide("),
        packs=False,
    ),
    Writer("dart2js", "leave out `--no-source-maps`", (b"// Generated by dart2js",), packs=False),
    Writer(
        "Emscripten",
        "pass `-gsource-map`",
        (b"ENVIRONMENT_IS_WORKER", b"wasmBinaryFile"),
        packs=False,
    ),
    Writer("CoffeeScript", "pass `--map`", (b"// Generated by CoffeeScript",), packs=False),
    Writer(
        "SWC",
        'set `"sourceMaps": true` in .swcrc',
        (
            b"_ts_generator(",
            b"_async_to_generator(",
            b"_class_call_check(",
            b"_define_property(",
            b"_interop_require_",
            b"_object_without_properties(",
            b"_check_private_redeclaration(",
            b'"__esModule", {\n    value: true\n',
            b'"__esModule", {\n        value: true\n',
        ),
        packs=False,
    ),
    Writer(
        "TypeScript",
        'set `"sourceMap": true` in tsconfig.json',
        (
            b"(this && this.__",
            b'"__esModule", { value: true })',
            b"function (exports_1, context_1)",
        ),
        packs=False,
    ),
    Writer(
        "Babel",
        "pass `--source-maps`",
        (
            b"_interopRequireDefault(",
            b"_interopRequireWildcard(",
            b"_asyncToGenerator(",
            b"_classCallCheck(",
            b"_createClass(",
            b"_defineProperty(",
            b"_regenerator",
            b"_objectWithoutProperties(",
            b"_createForOfIteratorHelper",
            b"_slicedToArray(",
            b'"__esModule", {\n  value: true\n',
        ),
        packs=False,
    ),
)
_RANKS = {writer.name: rank for rank, writer in enumerate(WRITERS)}


def find_writer(head: bytes) -> Writer | None:
    """Return what wrote the script that begins with `head`; None if that does not tell."""
    return next((writer for writer in WRITERS if writer.wrote(head)), None)


def outermost(one: Writer | None, other: Writer) -> Writer:
    """Return that of two writers whose output may hold that of the other."""
    return other if one is None or _RANKS[other.name] < _RANKS[one.name] else one
