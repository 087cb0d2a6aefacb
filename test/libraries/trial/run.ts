/**
 * Tries many libraries in guests with `web` and compares what comes out with Node. Not part of the tests: it installs
 * them from the registry of npm, in the versions of `packages.json`.
 *
 *   npm run test:libraries -- [--dir FOLDER] [--filter TEXT] [--update]
 *
 * --dir     where they are installed; a new folder of the system's temporary one by default
 * --filter  libraries whose name contains the text
 * --update  keeps what came out as the outcome with this Node, and writes the table of docs/libraries.md
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { languageOnly } from '../language-only.ts';
import { missingBefore } from '../missing-before.ts';
import { bytes } from './bytes.ts';
import { install, versions } from './install.ts';
import type { Program } from './program.ts';
import { serve } from './server.ts';
import { services } from './services.ts';
import { keep, type Row, works } from './table.ts';
import { texts } from './texts.ts';
import { tryOut } from './try-out.ts';
import { values } from './values.ts';

const { values: given } = parseArgs({
  options: {
    dir: { type: 'string' },
    filter: { type: 'string', default: '' },
    update: { type: 'boolean', default: false },
  },
});
if (given.update && given.filter) throw new Error('--update: the table is of all libraries, so leave out --filter');
const folder = given.dir ?? mkdtempSync(join(tmpdir(), 'libraries-'));
install(folder);

/** Those of the tests are tried as well. */
const tested: readonly Program[] = [...languageOnly, ...missingBefore].map(([library, program]) => [library, program]);
const installed = versions();
const rows = new Map<string, Row>();
const server = await serve();
for (const program of [...tested, ...texts, ...values, ...bytes, ...services]) {
  const [library, , part = '', { note = '' } = {}] = program;
  const version = installed.get(library);
  if (version === undefined || !library.includes(given.filter)) continue;
  const row = rows.get(library) ?? { library, version, note, tries: [] };
  rows.set(library, row);
  const result = await tryOut(program, folder, server.origin);
  row.tries.push({ part, ...result });
  const name = part ? `${library} (${part})` : library;
  console.log(result.wrong ? `FAIL ${name}: ${result.wrong}` : `ok   ${name}`);
}
server.close();
const all = [...rows.values()];
console.log(`\n${all.filter(works).length} of ${all.length} libraries do in a guest with web what they do in Node`);
if (given.update) keep(all);
