import { readFileSync } from 'node:fs';

const kept = new Map<string, string>();

/**
 * A program for guests that scripts/build-lib.mjs bundled into dist/. Read once per process, when it is first needed.
 * Both lib/ and dist/ are in the package's folder, so it is found from either.
 */
export function guestFile(name: string): string {
  let source = kept.get(name);
  if (source === undefined) {
    source = read(name);
    kept.set(name, source);
  }
  return source;
}

function read(name: string): string {
  try {
    return readFileSync(new URL(`../dist/${name}`, import.meta.url), 'utf8');
  } catch (cause) {
    throw new Error(`dist/${name} is missing: run 'npm run build'`, { cause });
  }
}
