// Builds dist/ from src/: the command `isolet-server`, its threads and its process, with the packages they depend on left
// outside.
// usage: node scripts/build.mjs     (`npm run build` at the root runs it too)
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('..', import.meta.url));
rmSync(join(folder, 'dist'), { recursive: true, force: true });
await build({
  absWorkingDir: folder,
  entryPoints: {
    cli: 'src/cli/main.ts',
    'storage-writer': 'src/storage/libsql/writer-thread.ts',
    'kv-store': 'src/bindings/kv/thread/main.ts',
    'sql-engine': 'src/bindings/sql/process/main.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  // All in one folder: what stands beside the command is found from any of them.
  chunkNames: '[name]-[hash]',
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
