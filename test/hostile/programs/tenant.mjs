import { group } from '../define.mjs';
import { siege } from '../siege.mjs';

const times = (count, make) => Promise.all(Array.from({ length: count }, (_, i) => make(i)));
const endless = '() => { for (;;); }';
const drain = async (stream, most = Number.POSITIVE_INFINITY) => {
  let chunks = 0;
  for await (const _ of stream) if (++chunks >= most) break;
  return chunks;
};
const swallow = (promise) => promise.catch(() => {});

/** Ids that a careless book would take for something else. */
const oddIds = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '\ud800', 'honest:f', 'honest', 'a:b@c', 'x'.repeat(10_000)];

const secrets = {
  'a secret that is part of the platform': { S: 'https' },
  'a secret of one letter': { S: 'e' },
  'secrets that are prefixes of each other': { A: 'http', B: 'https', C: 'https://api' },
  'a secret called __proto__': JSON.parse('{"__proto__": "https", "constructor": "headers"}'),
  'a secret that is a pattern': { S: '.*' },
  'ten thousand secrets': Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`S${i}`, `secret-number-${i}`])),
};

const redactions = Object.entries(secrets).map(([name, own]) => ({
  name,
  run: siege(async ({ deploy, invoke }) => {
    await deploy('async (event, { log }) => { log(event); await http.get() }', { secrets: own });
    await times(5, (i) => invoke({ i, url: 'https://api.example' }));
  }),
}));

const thrown = {
  'an error that holds all it can reach': 'async () => { try { await http.get() } catch (e) { e.self = e; e.cause = e; throw e } }',
  'an error with getters that loop': 'async () => { throw Object.defineProperty(new Error("x"), "cause", { get() { for (;;); } }) }',
  'an error of a megabyte': '() => { throw new Error("s".repeat(1e6)) }',
  'a deep chain of causes': '() => { let e = new Error("0"); for (let i = 0; i < 5000; i++) e = new Error(String(i), { cause: e }); throw e }',
  'a proxy': '() => { throw new Proxy({}, { get() { throw 1 } }) }',
};

const computing = {
  'cold functions that compute': endless,
  'code that computes as it loads': '(() => { for (;;); })()',
  'code that never comes back as it loads': '(await new Promise(() => {}), () => 1)',
  'modules that compute as they load': 'for (;;); export default () => 1',
  'code that grows as it loads': '(() => { const a = []; for (;;) a.push(new Array(1e5).fill(0)); })()',
  'code that calls the platform as it loads': '(() => { for (let i = 0; i < 1e5; i++) kv.later(1); return () => 1 })()',
  'code that leaves loops behind as it loads': '(() => { const f = () => Promise.resolve().then(f); f(); return () => 1 })()',
};

const floods = Object.entries(computing).map(([name, code]) => ({
  name,
  run: siege(async ({ deploy, invoke }) => {
    await times(6, async (i) => {
      await deploy(code, { name: `f${i}` });
      await invoke(i, {}, `f${i}`);
    });
  }, { pool: { loadTimeout: 300 } }),
}));

const handedOut = [
  {
    name: 'a stream without an end',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('() => new ReadableStream({ pull(c) { c.enqueue("x".repeat(1000)) } })');
      const stream = await invoke();
      if (typeof stream !== 'string') await swallow(drain(stream, 5000));
    }, { pool: { runtime: { streams: true } } }),
  },
  {
    name: 'a stream that computes when it is read',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('() => new ReadableStream({ pull() { for (;;); } })');
      const stream = await invoke();
      if (typeof stream !== 'string') await swallow(drain(stream));
    }, { pool: { runtime: { streams: true } } }),
  },
  {
    name: 'streams that nobody reads',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('() => Array.from({ length: 200 }, () => new ReadableStream({ pull(c) { c.enqueue(1) } }))', { streamTimeout: 300 });
      await times(20, () => invoke());
    }, { pool: { runtime: { streams: true } } }),
  },
  {
    name: 'functions that compute when they are called',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('() => ({ f() { for (;;); } })');
      const value = await invoke();
      if (typeof value !== 'string') await swallow(value.f.callAsync([], { timeout: 300 }));
    }),
  },
  {
    name: 'functions without number',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('() => Array.from({ length: 5000 }, (_, i) => () => i)');
      await times(8, () => invoke());
    }),
  },
  {
    name: 'promises that never settle',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('() => Array.from({ length: 2000 }, () => new Promise(() => {}))');
      await times(8, () => invoke());
    }),
  },
];

const invocations = [
  {
    name: 'a thousand invocations that wait',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('async () => { await kv.later(50) }');
      await times(1000, () => invoke());
    }),
  },
  {
    name: 'functions without number that wait for a runtime',
    run: siege(async ({ deploy, invoke }) => {
      const names = Array.from({ length: 60 }, (_, i) => `f${i}`);
      await times(60, (i) => deploy('async () => { await kv.later(100) }', { name: names[i] }));
      await times(600, (i) => invoke(i, {}, names[i % 60]));
    }, { pool: { maxRuntimes: 8 } }),
  },
  {
    name: 'a virgin isolate for each of many invocations',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('() => 1', { reuse: 'fresh' });
      await times(60, () => invoke());
    }),
  },
  {
    name: 'platform calls that never come back',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('() => { for (let i = 0; i < 500; i++) kv.never(); return kv.never() }');
      await times(6, () => invoke());
    }),
  },
  {
    name: 'a promise that aborted invocations share',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('let shared; export default () => shared ??= kv.never()');
      const abort = new AbortController();
      const all = times(20, (i) => invoke(i, i === 0 ? { signal: abort.signal } : {}));
      abort.abort();
      await all;
    }),
  },
  {
    name: 'one signal for two tenants',
    run: siege(async ({ deploy, invoke, server, isolet }) => {
      await deploy('async () => { await kv.never() }', { secrets: { TOKEN: 'attackers own token' } });
      await server.deploy({ tenantId: 'other', name: 'f', code: 'async (e, { log }) => { log("of the other"); await kv.never() }' });
      const abort = new AbortController();
      const reports = [];
      const ends = ['attacker', 'other'].map((tenant) =>
        server.invoke(tenant, 'f', 1, { signal: abort.signal }).catch((error) => reports.push([tenant, isolet.invocationOf(error)])),
      );
      setTimeout(() => abort.abort(), 50);
      await Promise.all(ends);
      for (const [tenant, report] of reports) {
        if (report && report.tenantId !== tenant) throw new Error(`${tenant} was shown the report of ${report.tenantId}`);
      }
      await invoke();
    }),
  },
  {
    name: 'one id for many invocations',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('async (n, { log }) => { log(n); await kv.later(5); log(n) }');
      const results = await times(30, (i) => invoke(i, { invocationId: 'same', detailed: true }));
      for (const [i, { logs }] of results.entries()) {
        if (logs.length !== 2 || logs.some(({ message }) => message !== String(i))) throw new Error(`${i} has the lines of another`);
      }
    }),
  },
  {
    name: 'lines without end',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('(e, { log }) => { for (;;) log("x".repeat(1000)) }');
      await times(4, () => invoke());
    }),
  },
  {
    name: 'lines after the answer',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('(e, { log }) => { const more = () => kv.later(1).then(() => log("x".repeat(1e4))).then(more); more(); return 1 }');
      await times(8, () => invoke());
    }),
  },
  {
    name: 'rejections after the answer',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('() => { for (let i = 0; i < 2000; i++) kv.later(1).then(() => { throw new Error("late") }); return 1 }');
      await times(6, () => invoke());
    }),
  },
  {
    name: 'loops after the answer',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('() => { kv.later(1).then(() => { for (;;); }); return 1 }');
      await times(6, () => invoke());
    }),
  },
  {
    name: 'work that waits for ever after the answer',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('(e, ctx) => { ctx.waitUntil?.(new Promise(() => {})); ctx.waitUntil?.(kv.never()); return 1 }');
      await times(20, () => invoke());
    }),
  },
  {
    name: 'work that computes after the answer',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('(e, ctx) => { ctx.waitUntil?.(kv.later(1).then(() => { for (;;); })); return 1 }');
      await times(6, () => invoke());
    }),
  },
  {
    name: 'runtimes that run out of memory one after the other',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('() => { const a = []; for (;;) a.push(new Array(1e4).fill(0)) }', { memoryMb: 5 });
      for (let i = 0; i < 6; i++) await invoke();
    }),
  },
  {
    name: 'globals of a shared runtime',
    run: siege(async ({ deploy, invoke }) => {
      await deploy('() => { Object.prototype.polluted = 1; globalThis.kv = null; Promise.prototype.then = null; Array.prototype.push = null; return {} }');
      await times(6, () => invoke());
    }),
  },
];

const deployments = [
  {
    name: 'versions without end',
    run: siege(async ({ deploy, server }) => {
      for (let i = 0; i < 25; i++) await deploy(`() => ${i}`);
      if (server.versions('attacker', 'f').length > 11) throw new Error('more versions than are kept');
    }),
  },
  {
    name: 'deployments and undeployments in flight',
    run: siege(async ({ deploy, invoke, server }) => {
      await times(20, async (i) => {
        const deployed = deploy(`async () => { await kv.later(20); return ${i} }`);
        const gone = server.undeploy('attacker', 'f').catch(() => {});
        await Promise.all([deployed, gone, invoke()]);
      });
    }),
  },
  {
    name: 'rollbacks in a circle',
    run: siege(async ({ deploy, invoke, server }) => {
      await deploy('() => 1');
      await deploy('async () => { await kv.later(50); return 2 }');
      for (let i = 0; i < 20; i++) {
        const running = invoke();
        try {
          server.rollback('attacker', 'f');
        } catch {
          await deploy('async () => { await kv.later(50); return 2 }');
        }
        await running;
      }
    }),
  },
  {
    name: 'a function of seventy thousand parameters',
    run: siege(async ({ deploy, invoke }) => {
      await deploy(`(${Array.from({ length: 70_000 }, (_, i) => `p${i}`).join()}) => 1`);
      await invoke();
    }),
  },
  {
    name: 'a module of ten thousand exports',
    run: siege(async ({ deploy, invoke }) => {
      const others = Array.from({ length: 10_000 }, (_, i) => `export const x${i} = () => ${i};`).join('\n');
      await deploy(`${others}\nexport default () => 1`);
      await invoke();
    }),
  },
  {
    name: 'deployments of many tenants at once',
    run: siege(async ({ deploy, invoke }) => {
      await times(40, async (i) => {
        await deploy('() => 1', { tenantId: `attacker-${i}`, dryRun: { event: 1 } });
        await invoke(1, {}, 'f', `attacker-${i}`);
      });
    }),
  },
  {
    name: 'ids that are names of properties',
    run: siege(async ({ deploy, invoke, server }) => {
      for (const id of oddIds) {
        if (id === 'honest') continue;
        await deploy('() => 1', { tenantId: id, name: id });
        await invoke(1, {}, id, id);
        await invoke(1, { version: id }, 'f', id);
      }
      for (const id of Object.keys(server.stats().tenants)) server.usage(id);
    }),
  },
  {
    name: 'an alias and weights that are names of properties',
    run: siege(async ({ deploy, invoke, server }) => {
      await deploy('() => 1');
      const [{ version }] = server.versions('attacker', 'f');
      for (const id of oddIds) {
        server.setAlias('attacker', 'f', id, { [version]: 1 });
        await invoke(1, { alias: id });
      }
    }),
  },
];

/** Tenants of a serverless platform against the platform and its other tenants. */
export default group(
  'tenant',
  // The honest tenant is asked while the attack goes on; how long that takes is asked by `siege` itself.
  {
    entry: 'host',
    blocks: false,
    expect: ['value'],
    value: 42,
    limits: { timeout: 1000, maxHeapSize: 128 * 2 ** 20 },
    settleExtra: 15_000,
  },
  [
    ...redactions,
    ...Object.entries(thrown).map(([name, code]) => ({
      name: `throws ${name}`,
      run: siege(async ({ deploy, invoke }) => {
        await deploy(code, { secrets: { S: 'api.example' } });
        await times(4, () => invoke());
      }),
    })),
    ...floods,
    ...handedOut,
    ...invocations,
    ...deployments,
  ],
);
