import { runInThisContext } from 'node:vm';
import type { Runtime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const mebibyte = 1024 * 1024;
const make64 = () => make({ maxHeapSize: 64 * mebibyte, timeout: 20_000 });

const section = (id: number, ...content: number[]) => [id, content.length, ...content];
const text = (value: string) => [value.length, ...Buffer.from(value)];

/** What differs between the modules of these tests. */
interface Parts {
  /** Limits of the memory that it defines: `[0, initial]` or `[1, initial, maximum]`, in pages below 128. */
  memory?: number[];
  /** Exports it as `m`. */
  exported?: boolean;
  /** Grows it before the instance is there, for ever. */
  starts?: boolean;
}

/**
 * Source of the bytes of
 * `(module (memory ...) (func $f (export "f") (param i32) (result i32) (memory.grow (local.get 0))) ...)`
 */
function bytes({ memory = [0, 1], exported = false, starts = false }: Parts): string {
  const grow = [0, 0x20, 0, 0x40, 0, 0x0b]; // local.get 0, memory.grow
  const forever = [0, 0x03, 0x40, 0x41, 16, 0x40, 0, 0x1a, 0x0c, 0, 0x0b, 0x0b]; // loop i32.const 16, memory.grow, drop, br 0
  const exports = [...text('f'), 0, 0, ...(exported ? [...text('m'), 2, 0, ...text('again'), 2, 0] : [])];
  const code = [
    [0, 97, 115, 109, 1, 0, 0, 0],
    section(1, 2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 0, 0),
    section(3, 2, 0, 1),
    section(5, 1, ...memory),
    section(7, exported ? 3 : 1, ...exports),
    starts ? section(8, 1) : [],
    section(10, 2, grow.length, ...grow, forever.length, ...forever),
  ];
  return `new Uint8Array([${code.flat()}])`;
}

/** Every way to an instance of `module`, as the source of an async function. */
const ways: Record<string, (module: string) => string> = {
  'new WebAssembly.Instance': (module) => `async () => new WebAssembly.Instance(new WebAssembly.Module(${module}))`,
  'a class that extends it': (module) => `async () => {
    class Own extends WebAssembly.Instance {}
    const own = new Own(new WebAssembly.Module(${module}));
    if (!(own instanceof Own)) throw new Error('not its instance');
    return own;
  }`,
  'WebAssembly.instantiate of bytes': (module) => `async () => (await WebAssembly.instantiate(${module})).instance`,
  'WebAssembly.instantiate of a module': (module) =>
    `async () => WebAssembly.instantiate(await WebAssembly.compile(${module}))`,
};

/** Runs `code` with a function `make` that makes an instance. */
const run = (runtime: Runtime, way: (module: string) => string, parts: Parts, code: string) =>
  runtime.evalAsync(`(async () => { const make = ${way(bytes(parts))}; ${code} })()`);

describe.each(Object.entries(ways))('the memory of an instance: %s', (_name, way) => {
  it('works as the language says', async () => {
    const parts: Parts = { memory: [1, 1, 3], exported: true };
    const code = `const { f, m, again } = (await make()).exports;
      return [f(0), f(1), f(2), f(1), m.buffer.byteLength, m === again];`;
    expect(await run(make64(), way, parts, code)).toEqual([1, 1, -1, 2, 3 * 65536, true]);
  });

  it('may take what the limit allows', async () => {
    const code = 'const { f, m } = (await make()).exports; f(16 * 40); return m.buffer.byteLength / 1048576;';
    expect(await run(make64(), way, { memory: [0, 0], exported: true }, code)).toBe(40);
  });

  it('may be one after the other for ever', async () => {
    const code = `for (let i = 0; i < 200; i++) {
        const { f, m } = (await make()).exports;
        f(16);
        new Uint8Array(m.buffer).fill(1, 0, 1000);
      }
      return 'lived';`;
    expect(await run(make64(), way, { exported: true }, code)).toBe('lived');
  });

  it.each([
    ['many that are exported', { memory: [0, 16], exported: true }],
    ['many that are not exported', { memory: [1, 16, 16] }],
  ])('is counted: %s', async (_, parts) => {
    // Where V8 counts them they are looked at from time to time.
    const code = `const all = [], end = Date.now() + 5000;
      try { while (all.length < 500 || Date.now() < end) all.push(await make()); } catch (error) { return error.name; }
      return all.length;`;
    const outcome = await run(make64(), way, parts, code).catch((error) => error.code);
    expect(['RangeError', 'ERR_ISOLET_HEAP_LIMIT']).toContain(outcome);
  });

  it.each([
    ['exported', { exported: true }],
    ['not exported', {}],
    ['grown before it is there', { exported: true, starts: true }],
  ])('does not grow beyond the limit: %s', async (_, parts) => {
    const runtime = make({ maxHeapSize: 64 * mebibyte, timeout: 1500 });
    const before = process.memoryUsage.rss();
    const code = `const { f, m } = (await make()).exports;
      for (let i = 0; i < 1000; i++) { f(16); if (m) new Uint8Array(m.buffer).fill(1, (i - 1) * 1048576); }
      for (;;);`;
    const error = await failure(() => run(runtime, way, parts, code));
    expect(['ERR_ISOLET_HEAP_LIMIT', 'ERR_ISOLET_TIMEOUT', 'ERR_ISOLET_JAVASCRIPT']).toContain(error.code);
    expect(process.memoryUsage.rss() - before).toBeLessThan(300 * mebibyte);
  });

  // On any machine, however fast it hands out memory: nothing is made that the limit does not allow.
  it('is refused before it is made', async () => {
    const grown = 'const { f } = (await make()).exports; return [f(32000), f(100), f(700), f(1), f(1)];';
    const [huge, ...others] = (await run(make64(), way, { memory: [0, 1], exported: true }, grown)) as number[];
    expect(huge).toBe(-1);
    expect(others).toEqual([1, 101, 801, 802]);
    expect(await run(make64(), way, { memory: [0, 1] }, grown)).toContain(-1);
    // 127 MiB at once.
    const initial: Parts = { memory: [0, 240, 15], exported: true };
    const made = 'try { await make(); return 0; } catch (error) { return error.name; }';
    expect(await run(make64(), way, initial, made)).toBe('RangeError');
  });

  it('a module without memory is nobody’s business', async () => {
    const empty = 'new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])';
    const code = `(async () => { const made = await (${way(empty)})(); return Object.keys(made.exports).length; })()`;
    expect(await make64().evalAsync(code)).toBe(0);
  });
});

it('a memory that a module imports does not grow beyond the limit either', async () => {
  // (module (import "a" "m" (memory 1)) (func (export "f") (param i32) (result i32) (memory.grow (local.get 0))))
  const module = [
    [0, 97, 115, 109, 1, 0, 0, 0],
    section(1, 1, 0x60, 1, 0x7f, 1, 0x7f),
    section(2, 1, ...text('a'), ...text('m'), 2, 0, 1),
    section(3, 1, 0),
    section(7, 1, ...text('f'), 0, 0),
    section(10, 1, 6, 0, 0x20, 0, 0x40, 0, 0x0b),
  ];
  const code = `(() => {
    const made = new WebAssembly.Module(new Uint8Array([${module.flat()}]));
    return [{ initial: 1 }, { initial: 1, maximum: 65536 }, { initial: 1, maximum: 4 }].map((descriptor) => {
      const m = new WebAssembly.Memory(descriptor);
      const { f } = new WebAssembly.Instance(made, { a: { m } }).exports;
      return [f(32000), f(3), f(1), f(200), m.buffer.byteLength / 65536];
    });
  })()`;
  expect(await make64().evalAsync(code)).toEqual([
    [-1, 1, 4, 5, 205],
    [-1, 1, 4, 5, 205],
    [-1, 1, -1, -1, 4],
  ]);
});

it('a memory with a ceiling above the limit is one like any other', async () => {
  const wrong = `[{ initial: 2, maximum: 1 }, { initial: 1, maximum: 65537 }, { initial: 1, maximum: -1 }, {}].map((wrong) => {
    try { new WebAssembly.Memory(wrong); return 'made'; } catch (error) { return error.name; }
  })`;
  expect(await make64().evalAsync(wrong)).toEqual(runInThisContext(wrong));
  const code = `(() => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
    let said = 'grown';
    try { memory.grow(60000); } catch (error) { said = error.name; }
    return [said, memory.grow(1), memory.buffer.byteLength];
  })()`;
  expect(await make64().evalAsync(code)).toEqual(['RangeError', 1, 2 * 65536]);
});

it('what is wrong with an instance is said by V8', async () => {
  const imports = 'new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 2, 8, 1, 1, 97, 1, 98, 3, 127, 0])';
  const code = `(async () => {
    const module = new WebAssembly.Module(${imports});
    const said = [];
    for (const wrong of [() => new WebAssembly.Instance(module), () => WebAssembly.instantiate(module, { a: {} }),
      () => WebAssembly.Instance(module), () => new WebAssembly.Instance({}), () => WebAssembly.instantiate({}),
      () => new WebAssembly.Instance(module, 1), () => WebAssembly.instantiate(module, { get a() { throw new Error('own'); } })]) {
      try { await wrong(); said.push('made'); } catch (error) { said.push(error.name); }
    }
    return said;
  })()`;
  expect(await make64().evalAsync(code)).toEqual([
    'TypeError',
    'LinkError',
    'TypeError',
    'TypeError',
    'TypeError',
    'TypeError',
    'Error',
  ]);
});
