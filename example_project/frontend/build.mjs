// Bundles src/ into ../pinboard/static/ and writes manifest.json there: which built file stands
// for which name in the templates.
import { rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

const folder = "../pinboard/static";

// File names change with their content, so what an earlier build left would ship as well.
await rm(folder, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ["src/board.ts", "src/admin.ts", "src/style.css"],
  outdir: folder,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: true,
  sourcesContent: true,
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
  // Chunks of dynamic imports have an entry point too; no template names them.
  if (entryPoint && !basename(path).startsWith("chunk-")) {
    manifest[basename(entryPoint).replace(/\.ts$/, ".js")] = basename(path);
  }
}
await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
