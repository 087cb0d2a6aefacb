import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ModuleError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const timeout = 60_000;

/** What a module of a generated graph says. `shape`: a chain, each importing the next; or one that imports all. */
const sourceOf = (shape: 'chain' | 'fan', modules: number) => (url: string) => {
  const at = Number(url.slice(4));
  if (shape === 'chain') {
    return at === modules - 1
      ? 'export const sum = 1;'
      : `import * as next from 'gen:${at + 1}'; export const sum = next.sum + 1;`;
  }
  if (at > 0) return `export default ${at};`;
  const all = Array.from({ length: modules - 1 }, (_, i) => i + 1);
  return `${all.map((n) => `import m${n} from 'gen:${n}';`).join('')} export const sum = ${all.map((n) => `m${n}`).join('+')};`;
};

/** Files of an installed package, served by their URLs as Node would resolve them. */
const files = {
  resolve(specifier: string, referrer: string | null): string | null {
    if (!/^\.{0,2}\//.test(specifier) || referrer === null) return null;
    const url = new URL(specifier, referrer);
    for (const path of [url.href, `${url.href}.js`, `${url.href}/index.js`]) {
      const file = fileURLToPath(path);
      if (existsSync(file) && statSync(file).isFile()) return path;
    }
    return null;
  },
  load: (url: string): string => readFileSync(fileURLToPath(url), 'utf8'),
};
const dateFns = `${pathToFileURL(dirname(fileURLToPath(import.meta.resolve('date-fns'))))}/index.js`;

describe('graphs of thousands of modules', () => {
  for (const modules of [2_000, 5_000]) {
    it(`are loaded by evalModule: ${modules} in one wave`, () => {
      const runtime = make({ timeout });
      runtime.setModuleLoader(sourceOf('fan', modules));
      expect(runtime.evalModule('gen:0')).toMatchObject({ sum: (modules * (modules - 1)) / 2 });
    });

    it(`are loaded by evalModuleAsync: ${modules} in one wave`, async () => {
      const runtime = make({ timeout });
      const sources = sourceOf('fan', modules);
      let asked = 0;
      let most = 0;
      runtime.setModuleLoader(async (url) => {
        most = Math.max(most, ++asked);
        await Promise.resolve();
        asked--;
        return sources(url);
      });
      runtime.setModuleResolver(async (specifier) => specifier);
      expect(await runtime.evalModuleAsync('gen:0')).toMatchObject({ sum: (modules * (modules - 1)) / 2 });
      expect(most).toBeLessThanOrEqual(1024);
      expect(await runtime.evalAsync("import('gen:0').then(({ sum }) => sum)")).toBe((modules * (modules - 1)) / 2);
    });
  }

  for (const syncCalls of ['guarded', 'inPlace'] as const) {
    it(`are loaded by evalModule, one behind the other: ${syncCalls}`, () => {
      const runtime = make({ timeout, syncCalls });
      runtime.setModuleLoader(sourceOf('chain', 1_000));
      expect(runtime.evalModule('gen:0')).toMatchObject({ sum: 1_000 });
      runtime.setModuleResolver((specifier) => specifier);
      expect(runtime.eval("import('gen:1').then(({ sum }) => sum)")).toBeInstanceOf(Promise);
    });
  }

  it('are loaded when many imports at once ask for more than the host is asked at a time', async () => {
    const runtime = make({ timeout });
    runtime.setModuleLoader(async (url) => `export default ${url.slice(4)}`);
    expect(
      await runtime.evalAsync(`
        Promise.all(Array.from({ length: 4_000 }, (_, i) => import('gen:' + i)))
          .then((all) => all.reduce((sum, { default: n }) => sum + n, 0))`),
    ).toBe((4_000 * 3_999) / 2);
  });

  it('give way to the next when their call is stopped while questions wait their turn', async () => {
    const runtime = make({ timeout });
    const sources = sourceOf('fan', 5_000);
    const open: (() => void)[] = [];
    let hold = true;
    runtime.setModuleLoader(async (url) => {
      if (hold && url !== 'gen:0') await new Promise<void>((resolve) => open.push(resolve));
      return sources(url);
    });
    const stopped = new AbortController();
    const first = failure(() => runtime.evalModuleAsync('gen:0', { signal: stopped.signal }));
    await expect.poll(() => open.length).toBe(1024);
    stopped.abort();
    expect(await first).toMatchObject({ name: 'AbortError' });
    hold = false;
    for (const go of open) go();
    expect(await runtime.evalModuleAsync('gen:0')).toMatchObject({ sum: (5_000 * 4_999) / 2 });
  });
});

describe('a real package, not bundled', () => {
  it('date-fns is loaded by evalModule and evalModuleAsync', async () => {
    for (const run of ['evalModule', 'evalModuleAsync'] as const) {
      const runtime = make({ timeout, streams: false });
      runtime.setModuleResolver(files.resolve);
      runtime.setModuleLoader(files.load);
      runtime.addModule(
        'main',
        `import { addDays, formatISO } from '${dateFns}'; export default formatISO(addDays(new Date(2026, 0, 31), 1), { representation: 'date' });`,
      );
      expect(await runtime[run]('main')).toEqual({ default: '2026-02-01' });
    }
  });
});

describe('graphs in which hundreds of modules fail', () => {
  for (const how of ['loader', 'resolver'] as const) {
    it(`tell the very error of the ${how}, however many there were`, async () => {
      const runtime = make({ timeout });
      // A module that failed may be asked for again; a call may also join what another one asked for.
      const errors = new Map<string, Error[]>();
      const fail = async (subject: string): Promise<string> => {
        if (subject === 'gen:0') return how === 'loader' ? sourceOf('fan', 900)(subject) : subject;
        const error = new Error(`no ${subject}`);
        errors.set(subject, [...(errors.get(subject) ?? []), error]);
        throw error;
      };
      if (how === 'resolver') {
        runtime.setModuleResolver(fail);
        runtime.setModuleLoader(sourceOf('fan', 900));
      } else {
        runtime.setModuleLoader(fail);
      }
      for (const run of [() => runtime.evalModuleAsync('gen:0'), () => runtime.evalAsync("import('gen:0')")]) {
        const error = await failure(run);
        expect(error).toBeInstanceOf(ModuleError);
        expect(errors.size).toBeGreaterThan(256);
        expect(errors.get(error['specifier'] as string)?.some((known) => known === error.cause)).toBe(true);
        expect(error.message).toContain(`the ${how} failed: no ${error['specifier']}`);
      }
    });
  }
});
