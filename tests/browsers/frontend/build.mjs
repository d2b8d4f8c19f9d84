// Bundles src/ below the folder that is named: a folder for each kind of front end.
import { join } from "node:path";
import { build } from "esbuild";

const [folder] = process.argv.slice(2);
const common = {
  bundle: true,
  minify: true,
  sourcemap: true,
  target: "es2022",
  logLevel: "warning",
};

await build({
  ...common,
  entryPoints: ["src/app.ts"],
  outdir: join(folder, "app"),
  chunkNames: "chunks/[name]-[hash]",
  format: "esm",
  splitting: true,
});
await build({
  ...common,
  entryPoints: ["src/admin.ts"],
  outdir: join(folder, "admin"),
  format: "iife",
});
