import { group } from '../define.mjs';

/** Few bytes in a message that become many where it is read. Each is an expression; they are sent by the dozen. */
const KINDS = {
  'deleted far elements': '(() => { const a = []; a[9999999] = 1; delete a[9999999]; return a; })()',
  'arrays that are only long': '(() => { const a = []; a.length = 2 ** 32 - 1; return a; })()',
  'one far element': '(() => { const a = []; a[30000000] = 1; return a; })()',
  'holes between elements': '(() => { const a = []; for (let i = 0; i < 2000; i++) a[255 * i] = 1; return a; })()',
  'objects with a far index': 'Array.from({ length: 8000 }, () => ({ 1022: 1 }))',
  'empty objects': 'Array.from({ length: 20000 }, () => ({}))',
  'objects without prototype': 'Array.from({ length: 8000 }, () => Object.create(null))',
  'shapes of their own': 'Array.from({ length: 3000 }, (_, i) => ({ ["k" + i]: i }))',
  'empty collections': 'Array.from({ length: 5000 }, (_, i) => i % 2 ? new Map() : new Set())',
  'grown collections': 'Array.from({ length: 3000 }, () => new Map([1, 2, 3, 4, 5].map((x) => [x, x])))',
  'short strings': 'Array.from({ length: 30000 }, (_, i) => "s" + i % 10)',
  errors: 'Array.from({ length: 700 }, () => { const e = new Error(); delete e.stack; return e; })',
  'errors in errors': '(() => { let e = new Error("x"); for (let i = 0; i < 80; i++) e = new Error("x", { cause: e }); return e; })()',
  'views of one buffer': '(() => { const b = new ArrayBuffer(8); return Array.from({ length: 8000 }, () => new Uint8Array(b)); })()',
  'empty buffers': 'Array.from({ length: 4000 }, () => new ArrayBuffer(0))',
  'boxes and dates': 'Array.from({ length: 10000 }, (_, i) => i % 2 ? Object(1) : new Date(0))',
  functions: 'Array.from({ length: 100 }, () => () => 1)',
};

const all = (expression) => `Array.from({ length: 12 }, () => ${expression})`;
const list = (change) => Object.entries(KINDS).map(([name, expression]) => change(name, all(expression)));
const ways = (name, code) => ({ name, code });

// Who asks only for the value sees what the most common caller sees.
const results = list((name, code) => ({ ...ways(`result: ${name}`, code), entry: ['eval', 'callAsync', 'invoke'] }));
const guests = [
  ...list((name, code) => ways(`argument: ${name}`, `host.echo(${code}); 1`)),
  ...list((name, code) => ways(`thrown: ${name}`, `throw ${code}`)),
  ...list((name, code) => ways(`property of an error: ${name}`, `throw Object.assign(new Error('x', { cause: ${code} }), { also: ${code} })`)),
  ...list((name, code) => ways(`promise: ${name}`, `({ later: Promise.resolve().then(() => ${code}) })`)),
  ...list((name, code) => ({ ...ways(`console: ${name}`, `console.log(...${code}); 1`), console: true })),
];
const hosts = [
  ...list((name, code) => ({
    name: `runSandboxed: ${name}`,
    entry: 'host',
    run: async ({ isolet, limits: { maxHeapSize, timeout } }) => {
      const { ok, error } = await isolet.runSandboxed(code, { maxHeapSize, timeout });
      return ok ? 'crossed' : error.kind;
    },
  })),
  ...list((name, code) => ({
    name: `ServerlessRuntime: ${name}`,
    entry: 'host',
    run: async ({ isolet, limits: { timeout } }) => {
      const platform = new isolet.ServerlessRuntime({});
      try {
        await platform.deploy({ tenantId: 't', name: 'f', timeout, memoryMb: 32, code: `() => ${code}` });
        await platform.invoke('t', 'f', null);
      } finally {
        await platform.cleanup();
      }
    },
  })),
  ...list((name, code) => ({
    name: `stream: ${name}`,
    entry: 'host',
    run: async ({ isolet, limits: { maxHeapSize, timeout } }) => {
      const runtime = new isolet.Runtime({ streams: true, maxHeapSize, timeout });
      try {
        const stream = runtime.eval(`new ReadableStream({ pull(c) { c.enqueue(${code}); c.close(); } })`);
        for await (const chunk of stream) void chunk;
      } finally {
        runtime.close();
      }
    },
  })),
];

/** What a guest of 32 MB sends is paid for before it is sent: one message costs the host its limit at most. */
export default group('amplification', { limits: { timeout: 8000 } }, [...results, ...guests, ...hosts]);
