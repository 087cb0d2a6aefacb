import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { exitCodes } from './exit-codes.ts';

// Both lib/cli/ (in the repository) and dist/ (in the package) lie below the package.
const packageRoot = [new URL('..', import.meta.url), new URL('../..', import.meta.url)]
  .map((url) => fileURLToPath(url))
  .find((folder) => existsSync(`${folder}/package.json`));

/** Compiles native/ for the running Node into build/abi<N>/, where the loader looks first. */
export function buildFromSource(): number {
  const { node, modules } = process.versions;
  const script = `${packageRoot}scripts/build-native.mjs`;
  const { status, error } = spawnSync(process.execPath, [script], { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`isolet: could not build for Node ${node} (ABI ${modules})${error ? `: ${error.message}` : ''}`);
    return exitCodes.misuse;
  }
  console.log(`isolet is built for Node ${node} (ABI ${modules})`);
  return exitCodes.ok;
}
