// Writes docs/server/cli.md from the definitions of the commands.
// usage: npx tsx server/scripts/cli-page.ts     (`npm run docs -w server`)
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { commands } from '../src/cli/commands.ts';
import type { ArgumentDefinition, CommandDefinition } from '../src/cli/definitions.ts';

const begin = '<!-- commands: from server/src/cli, by `npm run docs -w server` -->';
const end = '<!-- end of commands -->';

/** The page as it has to be. @param page - as it is */
export function withCommands(page: string): string {
  const before = page.slice(0, page.indexOf(begin));
  const after = page.slice(page.indexOf(end));
  return `${before}${begin}\n\n${commands.map(section).join('\n')}\n${after}`;
}

function section({ name, summary, details, args = [], options = [], examples }: CommandDefinition): string {
  const rows = [
    ...args.map((one) => row(usageOf(one), one.about)),
    ...options.map(({ flags, about, fallback }) =>
      row(flags, fallback === undefined ? about : `${about}; default: ${fallback}`),
    ),
  ];
  const table = rows.length === 0 ? [] : ['| | |', '|---|---|', ...rows, ''];
  const line = ['isolet-server', name, ...args.map(usageOf)].join(' ');
  const text = details === undefined ? summary : `${summary} ${details}`;
  return [`### ${name}`, '', `\`${line}\``, '', text, '', ...table, '```sh', ...examples, '```', ''].join('\n');
}

const row = (what: string, about: string): string => `| \`${what}\` | ${about.replaceAll('|', '\\|')} |`;

function usageOf({ name, optional, rest }: ArgumentDefinition): string {
  const text = rest ? `${name}...` : name;
  return optional ? `[${text}]` : `<${text}>`;
}

const file = fileURLToPath(new URL('../../docs/server/cli.md', import.meta.url));

export const readCliPage = (): string => readFileSync(file, 'utf8');

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, withCommands(readCliPage()));
