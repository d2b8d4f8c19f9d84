// Builds one small front end with every bundler and compiler that is installed in the folder given
// first, each into a folder of its own in the one given second: TOOL-VARIANT.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [installed, output] = process.argv.slice(2);
const require = createRequire(join(installed, "main.js"));
const source = join(output, "source");
const load = async (name) => {
  const loaded = await import(pathToFileURL(require.resolve(name)));
  return loaded.default ?? loaded;
};

const SOURCES = {
  "index.html": '<!doctype html><script type="module" src="/main.js"></script>',
  "main.js": `import { total } from "./cart.js";
import taxes from "./taxes.cjs";
export class Shop {
  #lines = [];
  async open(lines) {
    this.#lines = [...lines];
    const { show } = await import("./lazy.js");
    return show(total(this.#lines) + taxes.rate);
  }
}
document.addEventListener("click", async (event) => {
  try { await new Shop().open(event.detail ?? []); } catch (error) { console.error(error?.message); }
});
`,
  "cart.js": `export const total = (lines) => {
  let sum = 0;
  for (const { price, amount = 1, ...rest } of lines) sum += price * amount - (rest.gift ? 1 : 0);
  return sum;
};
`,
  "lazy.js": "export function show(sum) { document.title = String(sum); return `${sum} EUR`; }\n",
  "taxes.cjs": "exports.rate = 0.2;\n",
  "typed.ts": `export class Till {
  constructor(private readonly lines: number[]) {}
  async sum(): Promise<number> { let sum = 0; for (const line of this.lines) sum += line; return sum; }
}
`,
};

const entry = (name = "main.js") => join(source, name);
const write = (folder, name, text) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
};

const vite = (minify) => async (outDir) =>
  (await load("vite")).build({ root: source, logLevel: "error", build: { outDir, minify } });

const rollup = (format) => async (dir) => {
  const bundle = await (await load("rollup")).rollup({ input: entry("cart.js"), onwarn() {} });
  await bundle.write({ dir, format, name: "shop" });
};

const rolldown = (minify) => async (dir) => {
  const bundle = await (await load("rolldown")).rolldown({ input: entry(), logLevel: "silent" });
  await bundle.write({ dir, minify });
};

const esbuild = (minify, format) => async (outdir) =>
  (await load("esbuild")).build({
    entryPoints: [entry()], bundle: true, minify, format, outdir, target: "es2020",
    splitting: format === "esm",
  });

const likeWebpack = (name, mode) => async (path) => {
  const pack = await load(name);
  await new Promise((done, fail) => {
    (pack.rspack ?? pack)(
      { mode, devtool: false, context: source, entry: entry(), output: { path } },
      (error, stats) => (error || stats.hasErrors() ? fail(error ?? stats.toString()) : done()),
    );
  });
};

const typescript = (target, module) => async (folder) => {
  const options = ["--target", target, "--module", module, "--lib", "es2020,dom", "--outDir", folder];
  options.push("--ignoreDeprecations", "5.0");
  const compiler = require.resolve("typescript/lib/tsc.js");
  // Not where the tools are installed, with types of their own.
  execFileSync(process.execPath, [compiler, ...options, entry("typed.ts")], { cwd: source });
};

const babel = async (folder) => {
  const presets = [[require.resolve("@babel/preset-env"), { targets: "ie 11", modules: "commonjs" }]];
  const made = await (await load("@babel/core")).transformFileAsync(entry(), { configFile: false, presets });
  write(folder, "main.js", made.code);
};

const swc = async (folder) => {
  const made = await (await load("@swc/core")).transformFile(entry(), {
    swcrc: false, module: { type: "commonjs" }, jsc: { target: "es5" },
  });
  write(folder, "main.js", made.code);
};

const terser = async (folder) => {
  const made = await (await load("terser")).minify(readFileSync(entry("cart.js"), "utf8"));
  write(folder, "cart.js", made.code);
};

const BUILDS = {
  "Vite-minified": vite(undefined),
  "Vite-plain": vite(false),
  "Rollup-iife": rollup("iife"),
  "Rollup-umd": rollup("umd"),
  "Rollup-system": rollup("system"),
  "Rolldown-minified": rolldown(true),
  "Rolldown-plain": rolldown(false),
  "esbuild-minified": esbuild(true, "iife"),
  "esbuild-chunks": esbuild(true, "esm"),
  "esbuild-plain": esbuild(false, "iife"),
  "webpack-production": likeWebpack("webpack", "production"),
  "webpack-development": likeWebpack("webpack", "development"),
  "Rspack-production": likeWebpack("@rspack/core", "production"),
  "Rspack-development": likeWebpack("@rspack/core", "development"),
  "TypeScript-commonjs": typescript("es5", "commonjs"),
  "TypeScript-system": typescript("es2015", "system"),
  "Babel-commonjs": babel,
  "SWC-commonjs": swc,
  "unknown-terser": terser,
};

for (const [name, text] of Object.entries(SOURCES)) write(source, name, text);
for (const [name, build] of Object.entries(BUILDS)) await build(join(output, name));
