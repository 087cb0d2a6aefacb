import { readFileSync, writeFileSync } from 'node:fs';
import type { Result } from './try-out.ts';

/** A library, and how each of the programs that use it went. */
export interface Row {
  readonly library: string;
  readonly version: string;
  readonly note: string;
  readonly tries: ({ readonly part: string } & Result)[];
}

/** What came out, by the major version of Node. */
type Outcome = Record<string, { readonly node: string; readonly rows: readonly Row[] }>;

const kept = new URL('outcome.json', import.meta.url);
const page = new URL('../../../docs/libraries.md', import.meta.url);
const begin = '<!-- written by npm run test:libraries -->';
const end = '<!-- end of what npm run test:libraries writes -->';

/** Keeps what came out with this Node, and writes the table of all that is kept. */
export function keep(rows: readonly Row[]): void {
  const outcome: Outcome = JSON.parse(readFileSync(kept, 'utf8'));
  const [major = ''] = process.versions.node.split('.');
  outcome[major] = { node: process.versions.node, rows };
  writeFileSync(kept, `${JSON.stringify(outcome, null, 1)}\n`);
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error('docs/libraries.md has no place for the table');
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${table(outcome)}\n\n${text.slice(to)}`);
}

/** Everything of it works. */
export function works({ tries }: Row): boolean {
  return tries.every(({ wrong }) => wrong === '');
}

function table(outcome: Outcome): string {
  const majors = Object.keys(outcome).sort((a, b) => Number(b) - Number(a));
  const [newest] = majors;
  const all = [...(outcome[newest ?? '']?.rows ?? [])].sort((a, b) => a.library.localeCompare(b.library, 'en'));
  const sums = majors.map((major) => {
    const { node = '', rows = [] } = outcome[major] ?? {};
    return `${rows.filter(works).length} with Node ${node}`;
  });
  const lines = [`Of ${all.length} libraries everything that was tried works in ${sums.join(', in ')}.`, ''];
  lines.push(`| Library | Version | ${majors.map((major) => `Node ${major}`).join(' | ')} | |`);
  lines.push(`| --- | --- | ${majors.map(() => '---').join(' | ')} | --- |`);
  for (const row of all) {
    const states = majors.map((major) => state(outcome[major]?.rows.find(({ library }) => library === row.library)));
    lines.push(`| ${row.library} | ${row.version} | ${states.join(' | ')} | ${remarks(row)} |`);
  }
  return lines.join('\n');
}

function state(row: Row | undefined): string {
  if (row === undefined) return 'not tried';
  if (works(row)) return 'yes';
  return row.tries.some(({ wrong }) => wrong === '') ? 'in part' : 'no';
}

function remarks({ note, tries }: Row): string {
  const leftOut = [...new Set(tries.flatMap((one) => one.leftOut))];
  return [
    ...(note ? [note] : []),
    ...tries.filter(({ wrong }) => wrong).map(({ part, wrong }) => `${part ? `${part}: ` : ''}${wrong}`),
    ...(leftOut.length > 0 ? [`bundled without ${leftOut.map((name) => `\`${name}\``).join(', ')}`] : []),
  ].join('; ');
}
