import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { Runtime } from 'isolet';
import { answer } from '../run.ts';
import { forGuest, forNode } from './bundle.ts';
import type { Program } from './program.ts';

/** How it went: what was wrong, if anything, and which modules of Node the bundle is without. */
export interface Result {
  readonly wrong: string;
  readonly leftOut: readonly string[];
}

/** The program in a guest, compared with the same in Node, where the server `origin` answers for `api.test`. */
export async function tryOut([, program, , needs = {}]: Program, folder: string, origin: string): Promise<Result> {
  let expected: unknown;
  try {
    expected = structuredClone(await inNode(program.replaceAll('http://api.test', origin), folder));
  } catch (error) {
    return { wrong: `in Node itself: ${error}`, leftOut: [] };
  }
  const { code, leftOut } = await forGuest(program, folder, needs);
  using runtime = new Runtime({ web: { fetch: answer }, maxHeapSize: (needs.memoryMb ?? 64) * 2 ** 20 });
  try {
    const result = await runtime.evalAsync(`${code}\nbundle.run()`, { timeout: 60_000, filename: 'bundle.js' });
    const value = structuredClone(result);
    if (isDeepStrictEqual(value, expected)) return { wrong: '', leftOut };
    return { wrong: `${show(value)} instead of ${show(expected)}`, leftOut };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error), leftOut };
  }
}

let made = 0;

async function inNode(program: string, folder: string): Promise<unknown> {
  const bundles = join(folder, 'bundles');
  mkdirSync(bundles, { recursive: true });
  const file = join(bundles, `${process.pid}-${++made}.mjs`);
  writeFileSync(file, await forNode(program, folder));
  const own = globalThis.fetch;
  globalThis.fetch = (input, init) => answer(new Request(input as string, init));
  try {
    return await (await import(pathToFileURL(file).href)).run();
  } finally {
    globalThis.fetch = own;
    rmSync(file);
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
