// Makes real bundles: `node bundles.mjs OUTPUT`, in a folder where the bundlers are installed.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

// The bundlers are installed where this runs, not where this file lies.
const require = createRequire(join(process.cwd(), "package.json"));
const output = resolve(process.argv[2]);
const folder = (name) => {
  mkdirSync(join(output, name), { recursive: true });
  return join(output, name);
};

mkdirSync("src", { recursive: true });
writeFileSync(
  "src/entry.js",
  `import debounce from "lodash-es/debounce.js";
import { orderBy, groupBy, merge, template } from "lodash-es";
import { addDays, format } from "date-fns";
const orders = [{ name: "b", price: 2 }, { name: "a", price: 1 }];
const day = format(addDays(new Date(2020, 1, 28), 2), "yyyy-MM-dd");
console.log(JSON.stringify(orderBy(orders, "name")), day, Object.keys(groupBy(orders, "price")));
console.log(typeof debounce, merge({ a: 1 }, { b: [2] }), template("<%= x %>!")({ x: "é" }));
`,
);

const esbuild = require("esbuild");
for (const [name, options] of Object.entries({
  "esbuild-iife": { format: "iife", minify: true, banner: { js: '"use strict";' } },
  "esbuild-esm": { format: "esm", minify: true, legalComments: "inline" },
  "esbuild-plain": { format: "cjs", banner: { js: "#!/usr/bin/env node\n/* banner */" } },
  "esbuild-inline": { format: "cjs", minify: true, sourcemap: "inline" },
})) {
  const outfile = join(folder(name), options.format === "esm" ? "bundle.mjs" : "bundle.cjs");
  await esbuild.build({
    entryPoints: ["src/entry.js"],
    bundle: true,
    sourcemap: true,
    outfile,
    logLevel: "error",
    ...options,
  });
}

const { rollup } = require("rollup");
const nodeResolve = require("@rollup/plugin-node-resolve").default;
const bundle = await rollup({ input: "src/entry.js", plugins: [nodeResolve()] });
for (const [name, sourcemapDebugIds] of Object.entries({ rollup: false, "rollup-ids": true })) {
  await bundle.write({
    file: join(folder(name), "bundle.cjs"),
    format: "cjs",
    sourcemap: true,
    sourcemapDebugIds,
  });
}

const terser = require("terser");
const code = readFileSync(join(output, "rollup", "bundle.cjs"), "utf8");
const minified = await terser.minify(
  { "bundle.cjs": code },
  {
    sourceMap: {
      content: JSON.parse(readFileSync(join(output, "rollup", "bundle.cjs.map"), "utf8")),
      includeSources: true,
      url: "bundle.cjs.map",
    },
  },
);
writeFileSync(join(folder("terser"), "bundle.cjs"), minified.code);
writeFileSync(join(output, "terser", "bundle.cjs.map"), minified.map);

const webpack = require("webpack");
for (const mode of ["production", "development"]) {
  await new Promise((done, failed) =>
    webpack(
      {
        mode,
        entry: "./src/entry.js",
        target: "node",
        devtool: "source-map",
        output: { path: folder(`webpack-${mode}`), filename: "bundle.cjs" },
      },
      (error, stats) => (error || stats.hasErrors() ? failed(error ?? stats.toString()) : done()),
    ),
  );
}
