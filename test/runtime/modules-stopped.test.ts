import { ModuleError, type Runtime, TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { deferred, failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();

const aborted = { name: 'AbortError' };

/** Evaluates `url` and stops it while the hook waits that `stop` was given to. */
function stopAt(runtime: Runtime, url: string): { stop: () => void; run: () => unknown } {
  const controller = new AbortController();
  return {
    stop: () => controller.abort(),
    run: () => runtime.evalModule(url, { signal: controller.signal }),
  };
}

/** Registers modules that together take longer to compile than a few milliseconds; answers the imports of them all. */
function addParts(runtime: Runtime): string[] {
  const functions = Array.from({ length: 2000 }, (_, i) => `function f${i}() {}`).join('');
  const names = Array.from({ length: 200 }, (_, i) => `part${i}`);
  for (const name of names) runtime.addModule(name, `${functions} export default '${name}';`);
  return names.map((name) => `import '${name}';`);
}

/** A runtime whose first evaluation of `app:main` was stopped while its loader ran. */
async function stoppedInLoader(): Promise<Runtime> {
  const runtime = make();
  const { stop, run } = stopAt(runtime, 'app:main');
  let first = true;
  runtime.setModuleLoader((url) => {
    if (first) stop();
    first = false;
    return `export default '${url}';`;
  });
  expect(await failure(run)).toMatchObject(aborted);
  return runtime;
}

const loaded = { default: 'app:main' };

describe('a synchronous load that was stopped while the loader ran', () => {
  it('is loaded by the next synchronous evaluation', async () => {
    const runtime = await stoppedInLoader();
    expect(runtime.evalModule('app:main')).toEqual(loaded);
  });

  it('is loaded by the next asynchronous evaluation', async () => {
    const runtime = await stoppedInLoader();
    expect(await runtime.evalModuleAsync('app:main')).toEqual(loaded);
  });

  it('is loaded by the next import()', async () => {
    const runtime = await stoppedInLoader();
    expect(await runtime.evalAsync("import('app:main').then((module) => module.default)")).toBe('app:main');
  });

  it('is loaded by another module that imports it', async () => {
    const runtime = await stoppedInLoader();
    runtime.addModule('importer', "export { default } from 'app:main';");
    expect(await runtime.evalModuleAsync('importer')).toEqual(loaded);
    expect(runtime.evalModule('importer')).toEqual(loaded);
  });

  it('may time out', async () => {
    const runtime = make();
    let slow = true;
    runtime.setModuleLoader(() => {
      for (const end = performance.now() + 60; slow && performance.now() < end; );
      return 'export default 1;';
    });
    expect(await failure(() => runtime.evalModule('app:main', { timeout: 20 }))).toBeInstanceOf(TimeoutError);
    slow = false;
    expect(runtime.evalModule('app:main')).toEqual({ default: 1 });
    expect(await runtime.evalModuleAsync('app:main')).toEqual({ default: 1 });
  });

  it('may be an import() of a module that is evaluated', async () => {
    const runtime = make();
    runtime.addModule('main', "export default (await import('app:part')).default;");
    const { stop, run } = stopAt(runtime, 'main');
    let first = true;
    runtime.setModuleLoader(() => {
      if (first) stop();
      first = false;
      return 'export default 1;';
    });
    expect(await failure(run)).toMatchObject(aborted);
    expect(await runtime.evalAsync("import('app:part').then((module) => module.default)")).toBe(1);
    expect(runtime.evalModule('main')).toEqual({ default: 1 });
  });

  it('is loaded after the runtime forgot its stopped loads, however many they were', async () => {
    const runtime = make();
    let stop: (() => void) | null = null;
    runtime.setModuleLoader(() => {
      stop?.();
      return 'export default 1;';
    });
    for (let i = 0; i < 5000; i++) {
      const one = stopAt(runtime, `app:${i % 7}`);
      stop = one.stop;
      expect(await failure(one.run)).toMatchObject(aborted);
    }
    stop = null;
    for (let i = 0; i < 7; i++) expect(runtime.evalModule(`app:${i}`)).toEqual({ default: 1 });
    expect(await runtime.evalModuleAsync('app:7')).toEqual({ default: 1 });
  });
});

describe('a synchronous load that was stopped while the resolver ran', () => {
  it('is resolved again', async () => {
    const runtime = make();
    runtime.addModule('main', "export { default } from 'part';");
    runtime.addModule('part', 'export default 1;');
    let stop: (() => void) | null = null;
    runtime.setModuleResolver((specifier) => {
      if (specifier === 'part') stop?.();
      return null;
    });
    for (let i = 0; i < 3; i++) {
      const one = stopAt(runtime, 'main');
      stop = one.stop;
      expect(await failure(one.run)).toMatchObject(aborted);
    }
    stop = null;
    expect(await runtime.evalModuleAsync('main')).toEqual({ default: 1 });
    expect(runtime.evalModule('main')).toEqual({ default: 1 });
  });
});

describe('a graph of registered modules that takes longer than its time', () => {
  function large(): Runtime {
    const runtime = make();
    runtime.addModule('main', `${addParts(runtime).join('')} export default 'main';`);
    return runtime;
  }

  it.each(['evalModule', 'evalModuleAsync'] as const)('leaves nothing behind after %s', async (kind) => {
    const runtime = large();
    expect(await failure(() => runtime[kind]('main', { timeout: 5 }))).toBeInstanceOf(TimeoutError);
    expect(await runtime.evalModuleAsync('part0')).toEqual({ default: 'part0' });
    expect(await failure(() => runtime[kind]('main', { timeout: 5 }))).toBeInstanceOf(TimeoutError);
    expect(runtime.evalModule('part150')).toEqual({ default: 'part150' });
    expect(runtime.evalModule('main')).toEqual({ default: 'main' });
    expect(await runtime.evalModuleAsync('main')).toEqual({ default: 'main' });
  });
});

describe('others who wait for the same module', () => {
  it('get it when a synchronous evaluation that asked as well was stopped', async () => {
    const runtime = make();
    const source = deferred<string>();
    const { stop, run } = stopAt(runtime, 'app:main');
    let asked = 0;
    runtime.setModuleLoader(() => {
      if (++asked === 1) return source.promise;
      stop();
      return "export default 'of the synchronous one';";
    });
    const waits = runtime.evalModuleAsync('app:main');
    await until(() => asked === 1, 'the question');
    expect(await failure(run)).toMatchObject(aborted);
    source.resolve('export default 1;');
    expect(await waits).toEqual({ default: 1 });
    expect(asked).toBe(2);
  });

  it.each(['first', 'in the middle', 'last'])(
    'get it when a synchronous evaluation had it and was stopped at what it imports %s',
    async (where) => {
      const runtime = make();
      const imports = addParts(runtime);
      const at = where === 'first' ? 0 : where === 'last' ? imports.length : imports.length / 2;
      const source = imports.toSpliced(at, 0, "import { one } from 'app:one';").join('');
      const { stop, run } = stopAt(runtime, 'app:main');
      const asked: string[] = [];
      runtime.setModuleLoader((url) => {
        asked.push(url);
        if (asked.length === 1) return new Promise<never>(() => {});
        if (url === 'app:main') return `${source} export default one;`;
        if (asked.length === 3) stop();
        return 'export const one = 1;';
      });
      const waits = runtime.evalModuleAsync('app:main', { timeout: 25_000 });
      await until(() => asked.length === 1, 'the question');
      expect(await failure(run)).toMatchObject(aborted);
      expect(await waits).toEqual({ default: 1 });
      expect(asked.slice(0, 3)).toEqual(['app:main', 'app:main', 'app:one']);
    },
  );

  it('get it when they are further down the stack', async () => {
    const runtime = make();
    const { stop, run } = stopAt(runtime, 'app:main');
    let asked = 0;
    let inner: unknown;
    runtime.setModuleLoader((url) => {
      if (url !== 'app:main') return 'export default 2;';
      if (++asked === 1) {
        try {
          run();
        } catch (error) {
          inner = error;
        }
      } else {
        stop();
      }
      return "export { default } from 'app:part';";
    });
    expect(runtime.evalModule('app:main')).toEqual({ default: 2 });
    expect(inner).toMatchObject(aborted);
    expect(asked).toBe(2);
  });
});

describe('what was given up while the loader was silent', () => {
  it('import() of code whose microtasks were lost is not in the way of others', async () => {
    const runtime = make();
    runtime.setModuleLoader((url) => (url === 'app:other' ? 'export default 1;' : new Promise<never>(() => {})));
    const code = `for (let i = 0; i < 2500; i++) import('app:silent');
      new Promise(() => Promise.resolve().then(() => { for (;;); }));`;
    for (let i = 0; i < 2; i++) {
      expect(await failure(() => runtime.evalAsync(code, { timeout: 500 }))).toBeInstanceOf(TimeoutError);
    }
    expect(runtime.evalModule('app:other')).toEqual({ default: 1 });
  });

  it('evaluations are not in the way of others, however many they were', async () => {
    const runtime = make();
    const controllers = Array.from({ length: 4096 }, () => new AbortController());
    let asked = 0;
    runtime.setModuleLoader((url) => {
      if (url === 'app:other') return 'export default 1;';
      asked++;
      return new Promise<never>(() => {});
    });
    const all = controllers.map(({ signal }) => failure(() => runtime.evalModuleAsync('app:silent', { signal })));
    await until(() => asked === 1, 'the question');
    expect(await runtime.evalAsync('1')).toBe(1); // all of them wait
    expect(await failure(() => runtime.evalModule('app:other'))).toBeInstanceOf(ModuleError);
    for (const controller of controllers) controller.abort();
    for (const error of await Promise.all(all)) expect(error).toMatchObject(aborted);
    expect(runtime.evalModule('app:other')).toEqual({ default: 1 });
  });
});
