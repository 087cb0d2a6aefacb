// Writes docs/server/configuration.md from the schema that reads configurations.
// usage: npx tsx server/scripts/configuration-page.ts     (`npm run docs -w server`)
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { environment } from '../src/config/load.ts';
import { configSchema } from '../src/config/schema.ts';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly items?: Schema;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

/** What depends on where the server runs. */
const defaults: Readonly<Record<string, string>> = { 'isolation.mode': '`process` on Linux, else `isolate`' };

const begin = '<!-- settings: from server/src/config, by `npm run docs -w server` -->';
const end = '<!-- end of settings -->';

/** The page as it has to be. @param page - as it is */
export function withSettings(page: string): string {
  const before = page.slice(0, page.indexOf(begin));
  const after = page.slice(page.indexOf(end));
  return `${before}${begin}\n\n${settings()}\n${after}`;
}

function settings(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input' }) as Schema;
  return [...group('', schema.properties ?? {})].join('\n');
}

/** A table for the settings of a group, then one for each group in it. */
function* group(path: string, properties: Readonly<Record<string, Schema>>): Generator<string> {
  const inner = Object.entries(properties).map(([name, schema]) => [pathOf(path, name), schema] as const);
  const own = inner.filter(([, schema]) => groupIn(schema) === undefined);
  if (own.length > 0) {
    yield '| Setting | Value | Default | |\n|---|---|---|---|';
    for (const [name, schema] of own) yield row(name, schema);
    yield '';
  }
  for (const [name, schema] of inner) {
    const found = groupIn(schema);
    if (!found) continue;
    yield `### ${found.title(name)}\n`;
    if (schema.description) yield `${schema.description}\n`;
    yield* group(found.title(name), found.properties);
  }
}

const pathOf = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

function groupIn(schema: Schema) {
  if (schema.properties) return { title: (name: string) => name, properties: schema.properties };
  const each = schema.additionalProperties;
  if (typeof each !== 'object' || !each.properties) return undefined;
  return { title: (name: string) => `${name}.<name>`, properties: each.properties };
}

function row(name: string, schema: Schema): string {
  const found = defaults[name] ?? (schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``);
  return `| \`${name}\` | ${wordsFor(schema)} | ${found} | ${(schema.description ?? '').replaceAll('|', '\\|')} |`;
}

function wordsFor(schema: Schema): string {
  const { type = '', enum: choices, minimum, maximum, minLength, items, properties } = schema;
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms) return forms.map(wordsFor).join(' or ');
  if (properties) return `\`{ ${Object.entries(properties).map(memberOf).join(', ')} }\``;
  if (choices) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (type === 'array') return `list of ${wordsFor(items ?? {})}`;
  if (type === 'string') return minLength === undefined || minLength < 2 ? 'text' : `text of ${minLength} or more`;
  if (type === 'boolean') return 'true, false';
  const kind = type === 'integer' ? 'whole number' : 'number';
  const most = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`;
  return minimum === undefined ? kind : `${kind}, ${minimum}${most === '' ? ' or more' : most}`;
}

const memberOf = ([name, { const: only }]: [string, Schema]): string =>
  only === undefined ? name : `${name} = ${JSON.stringify(only)}`;

/** Environment variables that the page has to name. */
export const variables = Object.keys(environment);

const file = fileURLToPath(new URL('../../docs/server/configuration.md', import.meta.url));

export const readConfigurationPage = (): string => readFileSync(file, 'utf8');

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, withSettings(readConfigurationPage()));
