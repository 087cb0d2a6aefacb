import { getProcessStats, type Runtime, SnapshotBuilder } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make, create } = useRuntimes();
const replays = process.versions.node.startsWith('20.');

let texts = 0;
/** A script that no other test has, long enough to be worth keeping. */
const script = (code: string, padding = 2000) => `${code}\n// ${Math.random()} ${++texts} ${'-'.repeat(padding)}`;

/** How often the cache was asked with success while `run` ran. */
function hitsOf<T>(run: () => T): [hits: number, value: T] {
  const before = getProcessStats().codeCacheHits;
  const value = run();
  return [getProcessStats().codeCacheHits - before, value];
}

const bytes = () => getProcessStats().codeCacheBytes;
const thrice = <T>(run: () => T): T[] => [run(), run(), run()];

describe('scripts', () => {
  it('the second runtime that runs a text leaves its code, the third takes it', () => {
    const code = script(`class K { #p = 1n; static s = 'é'; get p() { return this.#p; } }
      globalThis.later = () => ({ ...[1, 2], r: /x(?<n>y)/u.exec('xy').groups.n });
      [new K().p, K.s, later().r]`);
    const before = bytes();
    const all = thrice(() => hitsOf(() => make().eval(code)));
    expect(all).toEqual([0, 0, 1].map((hits) => [hits, [1n, 'é', 'y']]));
    expect(bytes() - before).toBeGreaterThan(code.length);
  });

  it('a text that was run once costs no memory, a short one never', () => {
    const before = bytes();
    make().eval(script('1'));
    for (let i = 0; i < 4; i++) expect(hitsOf(() => make().eval('1 + 1'))).toEqual([0, 2]);
    expect(bytes()).toBe(before);
  });

  it('texts of one length are told apart, whatever V8 compares', () => {
    const code = script('globalThis.who = () => "A"; who()');
    const other = code.replace('"A"', '"B"');
    const answers = [code, other, code, other, code, other].map((text) => hitsOf(() => make().eval(text)));
    expect(answers.map(([, who]) => who).join('')).toBe('ABABAB');
    expect(answers.map(([hits]) => hits)).toEqual([0, 0, 0, 0, 1, 1]);
  });

  it.each(['ascii', 'Latin é', 'wide ☃ 💥', 'half \ud800'])('strings arrive whole: %s', (string) => {
    const code = script(`(() => ${JSON.stringify(string)})()`);
    const [first, second, third] = thrice(() => make().eval(code));
    expect([second, third]).toEqual([first, first]);
    expect(first).toBe(string);
  });

  it('stack traces have the name the script goes by now', () => {
    const code = script('globalThis.trace = () => { const inner = () => new Error("x").stack; return inner(); }; 0');
    for (const filename of ['a.js', 'a.js', 'a.js', 'tenant/b.js', 'tenant/b.js', 'tenant/b.js', 'a.js']) {
      const runtime = make();
      runtime.eval(code, { filename });
      expect(runtime.eval('trace()')).toMatch(`at inner (${filename}:1:`);
      expect(runtime.eval('trace()')).toMatch(`trace (${filename}:1:`);
    }
  });

  it('import() goes to the runtime it is in, from the name the script has', async () => {
    const code = script('import("dep").then((module) => module.default)');
    for (let i = 0; i < 6; i++) {
      const runtime = make();
      const asked: unknown[] = [];
      runtime.setModuleResolver((specifier, referrer) => {
        asked.push(referrer);
        return `app:/${specifier}${i}`;
      });
      runtime.setModuleLoader((url) => `export default ${JSON.stringify(url)}`);
      const filename = `app:/${i % 2}.js`;
      const before = getProcessStats().codeCacheHits;
      expect(await runtime.evalAsync(code, { filename })).toBe(`app:/dep${i}`);
      expect(asked).toEqual([filename]);
      expect(getProcessStats().codeCacheHits - before).toBe(i > 3 ? 1 : 0);
    }
  });

  it('a script that throws or is stopped leaves no code', async () => {
    const before = bytes();
    for (const code of [script('throw new Error("no")'), script('for (;;);'), script('syntax error')]) {
      for (let i = 0; i < 3; i++) {
        const [hits, error] = hitsOf(() => failure(() => make().eval(code, { timeout: 30 })));
        expect(hits).toBe(0);
        expect((await error).name).toMatch(/^(Error|TimeoutError|SyntaxError)$/);
      }
    }
    expect(bytes()).toBe(before);
  });

  it('a guest whose heap has no room for the code ends like one that compiles', async () => {
    const functions = Array.from(
      { length: 12_000 },
      (_, i) => `a[${i}] = (x) => [x, ${i}, 'text ${i}', { x${i}: x }]; a[${i}](${i});`,
    );
    const code = script(`{ const a = []; ${functions.join('\n')} a.length }`);
    const run = async (maxHeapSize: number) => {
      const runtime = make({ maxHeapSize });
      return runtime.evalAsync(code).catch((error: Error) => error.name);
    };
    const mib = 2 ** 20;
    expect(await run(4 * mib)).toBe('HeapLimitError');
    const before = bytes();
    expect([await run(256 * mib), await run(256 * mib)]).toEqual([12_000, 12_000]);
    expect(bytes() - before).toBeGreaterThan(2 * mib);
    const hits = getProcessStats().codeCacheHits;
    expect(await run(4 * mib)).toBe('HeapLimitError');
    expect(await run(256 * mib)).toBe(12_000);
    expect(getProcessStats().codeCacheHits - hits).toBe(2);
  });
});

describe('what runs when a runtime starts', () => {
  it('a runtime from a snapshot and one without do not spoil it for each other', () => {
    const code = script('globalThis.g = (n) => [n]; g(1)[0]');
    const snapshot = new SnapshotBuilder().executeScript('lib.js', 'globalThis.f = () => 1').build();
    const hits = [{}, { snapshot }, {}, { snapshot }, {}, { snapshot }, {}, { snapshot }].map((options) => {
      const runtime = make(options);
      const [hit, answer] = hitsOf(() => runtime.eval(code));
      expect(answer).toBe(1);
      return hit;
    });
    expect(hits.slice(4)).toEqual([1, 1, 1, 1]);
  });

  it('a bootstrap script', async () => {
    const bootstrap = script('globalThis.twice = (n) => n * 2;');
    const started = thrice(() => hitsOf(() => make({ bootstrap }).eval('twice(4)')));
    expect(started).toEqual([0, 0, 1].map((hits) => [hits, 8]));
    const before = getProcessStats().codeCacheHits;
    expect((await create({ bootstrap })).eval('twice(5)')).toBe(10);
    expect(getProcessStats().codeCacheHits - before).toBe(1);
  });

  it.runIf(replays)('the first replay of a snapshot takes what building it compiled', async () => {
    for (const async of [false, true]) {
      const builder = new SnapshotBuilder()
        .executeScript('one.js', script('globalThis.one = () => new Error("x").stack'))
        .executeScript('two.js', script('globalThis.two = () => one()'))
        .executeScript('short.js', 'globalThis.three = 3');
      const snapshot = async ? await builder.buildAsync() : builder.build();
      const [hits, runtime] = hitsOf(() => make({ snapshot }));
      expect(hits).toBe(2);
      expect(runtime.eval('two()')).toMatch(/one \(one\.js:1:.*\n.*two \(two\.js:1:/);
    }
  });

  it.runIf(replays)('the code of a replay has the functions that the warm-up called', () => {
    const library = () =>
      script(`globalThis.f = () => { let ab = [1];
      ${Array.from({ length: 100 }, (_, i) => `ab = ab.map((x) => [x, ${i}]);`).join(' ')} }`);
    const sizeOf = (warmup: string) => {
      const before = bytes();
      new SnapshotBuilder().executeScript('lib.js', library()).warmup(warmup).build();
      return bytes() - before;
    };
    expect(sizeOf('f()')).toBeGreaterThan(sizeOf('0') + 4000);
  });
});

describe('modules', () => {
  const load = (runtime: Runtime, url: string, code: string) => {
    runtime.addModule(url, code);
    return runtime.evalModule(url);
  };

  it('the same text under two URLs: its own name in stack traces and for import()', async () => {
    const code = script(`export const trace = () => new Error('x').stack; export const dep = () => import('./dep');
      export const url = import.meta.url;`);
    for (const url of ['app:/a', 'app:/a', 'app:/a', 'app:/b', 'app:/b', 'app:/b']) {
      const runtime = make();
      const asked: unknown[] = [];
      runtime.setModuleResolver((specifier, referrer) => {
        asked.push(referrer);
        return specifier === './dep' ? 'app:/dep' : null;
      });
      runtime.setModuleLoader((at) => (at === 'app:/dep' ? 'export default 1' : null));
      const module = load(runtime, url, code);
      expect(module['url']).toBe(url);
      expect((module['trace'] as () => string)()).toMatch(`trace (${url}:1:`);
      await (module['dep'] as { callAsync(args: unknown[]): Promise<unknown> }).callAsync([]);
      expect(asked.at(-1)).toBe(url);
      for (const name of ['trace', 'dep']) (module[name] as { release(): void }).release();
    }
  });

  it('a script and a module of one text have nothing to do with each other', () => {
    const code = script('globalThis.self = this === undefined ? "module" : "script"; 0');
    for (let i = 0; i < 3; i++) {
      const runtime = make();
      runtime.eval(code, { filename: 'main' });
      expect(runtime.eval('self')).toBe('script');
      load(runtime, 'main', code);
      expect(runtime.eval('self')).toBe('module');
    }
  });
});
