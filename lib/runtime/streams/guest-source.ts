import { readFileSync } from 'node:fs';

// Both lib/ and dist/ are below the package; scripts/build-lib.mjs writes the file. It is found from either, like the
// addon.
const places = ['../dist/guest-streams.js', '../../../dist/guest-streams.js'];

let source: string | undefined;

/** The program that gives a guest its streams. Read once per process. */
export function guestStreamsSource(): string {
  source ??= read();
  return source;
}

function read(): string {
  for (const place of places) {
    try {
      return readFileSync(new URL(place, import.meta.url), 'utf8');
    } catch {
      // The other one.
    }
  }
  throw new Error("dist/guest-streams.js is missing: run 'npm run build'");
}
