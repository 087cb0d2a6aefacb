import { ValidationError } from 'isolet';
import { expect, it } from 'vitest';
import { spec, useServerless } from './support.ts';

const make = useServerless();

const forms: Record<string, string> = {
  'export default': 'const twice = (n) => n * 2;\nexport default async (event) => ({ n: twice(event.n) });',
  'export default function': 'export default function (event) { return { n: event.n * 2 }; }',
  'export const handler': 'export const version = 1; export const handler = async (event) => ({ n: event.n * 2 });',
  'export function handler': 'export function handler(event) { return { n: event.n * 2 }; }',
  'export { x as default }': 'const f = (event) => ({ n: event.n * 2 });\nexport { f as default };',
  'top-level await': 'const two = await Promise.resolve(2);\nexport default (event) => ({ n: event.n * two });',
};

it.each(Object.entries(forms))('an ES module is a function: %s', async (_name, code) => {
  const serverless = make();
  await serverless.deploy(spec(code));
  expect(await serverless.invoke('acme', 'f', { n: 21 })).toEqual({ n: 42 });
  expect(await serverless.invoke('acme', 'f', { n: 1 })).toEqual({ n: 2 });
});

it('a module has the context, the platform API and strict mode', async () => {
  const serverless = make({ add: async (a: number, b: number) => a + b });
  await serverless.deploy(
    spec(
      'export default async function (event, context) { return [await add(event, 1), context.functionName, this]; }',
    ),
  );
  expect(await serverless.invoke('acme', 'f', 1)).toEqual([2, 'f', undefined]);
});

it('names two functions apart whatever they are called', async () => {
  const serverless = make();
  await serverless.deploy(spec("export default () => 'a';", { name: '..' }));
  await serverless.deploy(spec("export default () => 'b';", { name: 'x/y' }));
  expect(await serverless.invoke('acme', '..', null)).toBe('a');
  expect(await serverless.invoke('acme', 'x/y', null)).toBe('b');
});

it.each([
  ["import fs from 'node:fs';\nexport default () => 1;", /imports another module/, 1],
  ["\nexport * from 'x';", /imports another module/, 2],
  ['export const other = () => 1;', /neither 'default' nor 'handler'/, 1],
  ['export default 42;', /not a function/, 1],
  ['const n = 1;\nexport { n as handler };', /not a function/, 1],
  ['export default () => nowhere;', /^dry run failed: ReferenceError: nowhere is not defined/, 1],
  ["export default () => 1;\nawait import('x');", /Cannot find module 'x'/, 2],
  ['export default () => {\n  const a = 1;\n  return a +* 2;\n};', /^syntax error: Unexpected token$/, 3],
  ['export default () => 1;\nconst check = () => {\n  throw new Error("at load");\n};\ncheck();', /at load/, 3],
  ['const a = 1;\nconst a = 2;\nexport default () => a;', /already been declared/, 2],
])('refuses %j', async (code, message, line) => {
  const serverless = make();
  const error = await serverless.deploy(spec(code, { dryRun: { event: null } })).then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(ValidationError);
  expect(error.issues[0].message).toMatch(message);
  expect(error.issues[0].line).toBe(line);
});
