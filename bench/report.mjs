// npm run bench:report -- [RESULT.json…] [--out FILE]
// Draws results as one page that needs nothing else: a picture for each question, with a page for each Node.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readReports } from './harness/results.mjs';
import { pageOf } from './report/page.mjs';

const results = join(dirname(fileURLToPath(import.meta.url)), 'results');

function measured() {
  const all = existsSync(results) ? readdirSync(results) : [];
  const names = all.filter((name) => /^node-\d+(-steady)?\.json$/.test(name));
  if (names.length === 0) throw new Error("there are no results yet: 'npm run bench -- --peers' makes some");
  return names.sort().map((name) => join(results, name));
}

async function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  const files = positionals.length > 0 ? positionals : measured();
  const target = resolve(values.out ?? join(results, 'report.html'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, await pageOf(readReports(files)));
  console.log(target);
}

await main();
