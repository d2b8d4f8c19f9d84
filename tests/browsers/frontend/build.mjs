// Bundles the scripts of pages that servers render into built/, a folder for each kind of them, and
// the TypeScript of the extension of JupyterLab for its own builder.
import { build } from "esbuild";

const common = {
  bundle: true,
  minify: true,
  sourcemap: true,
  target: "es2022",
  logLevel: "warning",
};
const modules = {
  ...common,
  chunkNames: "chunks/[name]-[hash]",
  format: "esm",
  splitting: true,
};

await build({ ...modules, entryPoints: ["src/app.ts"], outdir: "built/app" });
await build({ ...common, entryPoints: ["src/admin.ts"], outdir: "built/admin", format: "iife" });
await build({
  ...common,
  entryPoints: [{ in: "src/dash.ts", out: "shop" }],
  outdir: "built/dash",
  format: "iife",
});
await build({
  ...modules,
  minify: false,
  entryPoints: ["src/plugin.ts"],
  outdir: "labextension/lib",
});
