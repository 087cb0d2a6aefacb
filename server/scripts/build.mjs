// Builds dist/cli.js, the command `isolet-server`: one bundle of src/, with the packages it depends on left outside.
// usage: node scripts/build.mjs     (`npm run build` at the root runs it too)
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('..', import.meta.url));
mkdirSync(join(folder, 'dist'), { recursive: true });
await build({
  absWorkingDir: folder,
  entryPoints: { cli: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  // Without the paths of tsconfig.json, which lead into the library's sources.
  tsconfigRaw: {},
  sourcemap: 'linked',
  banner: { js: '#!/usr/bin/env node' },
  logLevel: 'warning',
});
chmodSync(join(folder, 'dist/cli.js'), 0o755);
