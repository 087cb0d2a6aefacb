// Writes docs/server/api.md from the OpenAPI document that the built server answers.
// usage: node scripts/api-page.mjs     (after `npm run build -w server`)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const access = {
  open: 'nobody has to show a token',
  anyone: 'any token',
  tenant: 'a token of the platform or of this tenant',
  platform: 'a token of the platform',
};

/** The page of an OpenAPI document. */
export function renderApi(document) {
  const { paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
  );
  const tags = document.tags.flatMap(({ name }) => [
    `## ${name}`,
    ...operations.filter((operation) => operation.tags.includes(name)).map(renderOperation),
  ]);
  return `${[
    '# The HTTP API of the administration',
    document.info.description,
    'The server answers this as an OpenAPI document at `GET /v1/openapi.json`. Requests show a token as `authorization: Bearer …`; [security.md](security.md) says what each kind may do. Lists take `limit` and `cursor`, and answer `next`: the `cursor` of the next page, or null. A change takes `if-match` where the table says so: the `etag` of an earlier answer. Codes of errors are on the page of the [gateway](gateway.md).',
    ...tags,
    '## Schemas',
    ...Object.entries(components.schemas).map(renderSchema),
  ].join('\n\n')}\n`;
}

function renderOperation(operation) {
  const { method, path, summary, description, parameters, requestBody, responses } = operation;
  const rights = access[operation['x-isolet-access']];
  const reads = operation['x-isolet-reads'] ? '; one that only reads will do' : '';
  const body = requestBody && refOf(requestBody.content['application/json'].schema);
  const shown = parameters.filter(({ in: place }) => place !== 'path');
  return [
    `### \`${method} ${path}\``,
    [summary, description].filter(Boolean).join(' '),
    `Takes ${rights}${operation['x-isolet-access'] === 'open' ? '' : reads}.${body ? ` Body: ${body}${requestBody.required ? '' : ', or none'}.` : ''}`,
    ...(shown.length > 0 ? [table(['Parameter', 'What'], shown.map(parameterRow))] : []),
    table(['Status', 'What'], Object.entries(responses).map(answerRow)),
  ].join('\n\n');
}

const parameterRow = ({ name, in: place, schema, description = '' }) => [
  `\`${name}\`${place === 'header' ? ' (header)' : ''}`,
  [typeOf(schema), description].filter(Boolean).join('. '),
];

function answerRow([status, { description, content = {}, headers = {} }]) {
  const types = Object.entries(content)
    .filter(([type]) => type !== 'application/problem+json')
    .map(([type, { schema }]) => (schema.$ref ? refOf(schema) : `\`${type}\``));
  const more = Object.keys(headers).map((name) => `\`${name.toLowerCase()}\``);
  return [
    status,
    [description, types.join(' or '), more.length > 0 ? `with ${more.join(', ')}` : ''].filter(Boolean).join(' '),
  ];
}

function renderSchema([name, schema]) {
  const parts = [`### Schema ${name}`];
  if (schema.description) parts.push(schema.description);
  if (schema.properties) parts.push(membersOf(schema));
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms && !schema.properties)
    parts.push('One of:', ...forms.map((one) => (one.properties ? membersOf(one) : `- ${typeOf(one)}`)));
  return parts.join('\n\n');
}

const membersOf = ({ properties, required = [] }) =>
  table(
    ['Member', 'Type', 'What'],
    Object.entries(properties).map(([name, schema]) => [
      `\`${name}\`${required.includes(name) ? '' : '?'}`,
      typeOf(schema),
      schema.description ?? '',
    ]),
  );

const refOf = ({ $ref }) => {
  const name = $ref.split('/').at(-1);
  return `[${name}](#schema-${name.toLowerCase()})`;
};

function typeOf(schema) {
  if (schema.$ref) return refOf(schema);
  if (schema.allOf) return schema.allOf.map(typeOf).join(' and ');
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms) return forms.map(typeOf).join(' or ');
  if (schema.enum) return schema.enum.map((one) => `\`${one}\``).join(', ');
  if ('const' in schema) return `\`${schema.const}\``;
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  if (schema.type === 'object') return 'object';
  const bounds = [
    schema.minimum > -(2 ** 53) + 1 ? `at least ${schema.minimum}` : '',
    schema.maximum < 2 ** 53 - 1 ? `at most ${schema.maximum}` : '',
    schema.default === undefined || schema.default === '' ? '' : `default ${schema.default}`,
  ].filter(Boolean);
  return [schema.type ?? 'anything', ...bounds].join(', ');
}

function table(head, rows) {
  const line = (cells) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

async function documentOfServer() {
  const data = mkdtempSync(join(tmpdir(), 'isolet-api-'));
  const command = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
  const env = { PATH: process.env.PATH, ISOLET_SERVER_PORT: '0', ISOLET_SERVER_DATA: data };
  const child = spawn(execPath, [command, 'serve'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('the server ended before it was ready')));
    const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
    ended.catch(() => {});
    return await (await fetch(`${JSON.parse(line).url}/v1/openapi.json`)).json();
  } finally {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
    rmSync(data, { recursive: true, force: true });
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../../docs/server/api.md', import.meta.url), renderApi(await documentOfServer()));
}
