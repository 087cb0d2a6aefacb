import { group } from '../define.mjs';

const WAYS = ['evalAsync', 'eval', 'callAsync', 'call', 'invoke'];
const BOTH = ['evalAsync', 'eval'];
const promises = (n) => `Array.from({ length: ${n} }, () => new Promise(() => {}))`;
const functions = (n) => `Array.from({ length: ${n} }, (_, i) => () => i)`;

/** What a guest makes the host hold: promises that never settle, functions, streams, calls that are not answered. */
export default group('held', {}, [
  { name: 'promises in a result', entry: [...WAYS, 'bootstrap', 'newBootstrap'], code: promises(10000) },
  { name: 'promises in results, again and again', entry: 'host', blocks: false, expect: ['value'], value: true, run: resultsOf(promises(4000)) },
  { name: 'functions in results, again and again', entry: 'host', blocks: false, expect: ['value'], value: true, run: resultsOf(functions(4000)) },
  { name: 'streams in results, again and again', entry: 'host', blocks: false, expect: ['value'], value: true, run: resultsOf('Array.from({ length: 2000 }, () => new ReadableStream())') },
  { name: 'promises in results that the host keeps', entry: 'host', blocks: false, expect: ['value'], value: true, run: keptOf(promises(4000)) },
  { name: 'functions in results that the host keeps', entry: 'host', blocks: false, expect: ['value'], value: true, run: keptOf(functions(4000)) },
  { name: 'promises in arguments', entry: WAYS, code: `for (;;) { try { host.echo(${promises(5000)}); } catch {} }` },
  { name: 'promises in arguments that the host keeps', entry: WAYS, code: `for (;;) { try { host.keep(${promises(5000)}); } catch {} }` },
  { name: 'one promise in each of many arguments that the host keeps', entry: BOTH, code: 'for (;;) { try { host.keep(new Promise(() => {})); } catch {} }' },
  { name: 'functions in arguments that the host keeps', entry: WAYS, code: `for (;;) { try { host.keep(${functions(5000)}); } catch {} }` },
  { name: 'functions with long names', entry: BOTH, code: "const name = 'n'.repeat(1e5); for (;;) { try { host.keep(Object.defineProperty(() => 1, 'name', { value: name })); } catch {} }" },
  { name: 'one function on many objects', entry: BOTH, code: 'const f = () => 1; for (;;) { try { host.keep(Array.from({ length: 5000 }, () => ({ f }))); } catch {} }' },
  { name: 'one promise again and again', entry: BOTH, code: 'const p = new Promise(() => {}); for (;;) { try { host.keep([p]); } catch {} }' },
  { name: 'promises in arguments of asynchronous calls', entry: ['evalAsync', 'invoke'], code: `(async () => { for (;;) { try { await host.later(${promises(5000)}); } catch {} } })()` },
  { name: 'promises in calls that never end', entry: ['evalAsync', 'invoke'], code: `(async () => { for (;;) { try { host.never(${promises(1000)}); } catch {} await 0; } })()` },
  { name: 'promises that the host waits for', entry: ['evalAsync', 'invoke'], code: `(async () => { for (;;) { try { await host.wait(${promises(5000)}); } catch {} } })()` },
  { name: 'promises in what is thrown', entry: WAYS, code: `const e = new Error('held'); e.more = ${promises(9000)}; throw e` },
  { name: 'promises in what is thrown, again and again', entry: 'host', blocks: false, expect: ['value'], value: true, run: resultsOf(`(() => { throw Object.assign(new Error(''), { more: ${promises(4000)} }); })()`) },
  { name: 'promises in console lines', entry: BOTH, console: true, code: `for (;;) console.log(${promises(1000)})` },
  { name: 'functions in console lines', entry: BOTH, console: true, code: `for (;;) console.log(${functions(1000)})` },
  { name: 'promises in rejections nobody handles', code: `for (let i = 0; i < 1000; i++) Promise.reject({ more: ${promises(100)} }); 1` },
  { name: 'promises in a getter of what crosses', entry: BOTH, code: `({ get a() { try { host.keep(${promises(5000)}); } catch {} return ${promises(5000)}; } })` },
  { name: 'thousands of promises of a runtime that ends', entry: WAYS, code: `host.keep(${promises(9000)}); try { host.keep(${promises(9000)}); } catch {} const a = []; for (;;) a.push({ a })` },
  { name: 'thousands of promises of a runtime whose microtasks are thrown away', entry: ['evalAsync', 'invoke'], expect: ['timeout'], code: `host.keep(${promises(9000)}); (async () => { await 0; for (;;); })()` },
  { name: 'thousands of promises settle at once', entry: ['evalAsync', 'invoke'], code: `let go; const gate = new Promise((r) => (go = r)); host.keep(Array.from({ length: 9000 }, () => gate)); go('x'.repeat(1e4)); 1` },
  { name: 'open calls with big arguments', entry: WAYS, code: 'const u = new Uint8Array(5e6); for (;;) { try { host.never(u); } catch {} }' },
  { name: 'open calls with big arguments, given time', entry: ['evalAsync', 'invoke'], limits: { timeout: 2000 }, code: '(async () => { const u = new Uint8Array(5e6); for (;;) { try { host.never(u); } catch {} await host.later(1).catch(() => {}); } })()' },
  { name: 'open calls with big arguments, stopped again and again', entry: 'host', blocks: false, expect: ['value'], value: true, run: openAcrossCalls },
  { name: 'almost full with a function that the host holds', entry: WAYS, limits: { timeout: 1500 }, expect: ['timeout', 'heap_limit', 'value', 'terminated'], code: "host.keep(() => 1); const a = []; while (a.length < 200) a.push(new Array(16000).fill(1.5)); for (let i = 0; ; i++) { a[i % 200] = new Array(16000).fill(i + 0.5); if (i % 100 === 0) host.keep(() => i); }" },
  { name: 'functions of the host are kept and released', entry: BOTH, code: 'for (;;) { const { f } = host.data(); f.release(); try { f(); } catch {} try { host.echo(f); } catch {} }' },
]);

/** As long as an attack may take. */
const soon = () => performance.now() + 250;

/** A host that looks at each result and forgets it. */
function resultsOf(code) {
  return async ({ isolet, limits }) => {
    const runtime = new isolet.Runtime({ maxHeapSize: limits.maxHeapSize, timeout: limits.timeout, streams: true });
    for (const end = soon(); performance.now() < end && runtime.state === 'open'; ) {
      await runtime.evalAsync(code).catch(() => {});
    }
    const held = runtime.state === 'open' ? runtime.getStats().heldHandles : 0;
    runtime.close();
    return held <= 20_000;
  };
}

/** One that keeps them. */
function keptOf(code) {
  return async ({ isolet, limits }) => {
    const runtime = new isolet.Runtime({ maxHeapSize: limits.maxHeapSize, timeout: limits.timeout });
    const kept = [];
    const keep = (value) => kept.push(...value);
    for (const end = soon(); performance.now() < end && runtime.state === 'open'; ) {
      await runtime.evalAsync(code).then(keep, () => {});
    }
    runtime.close();
    return kept.length <= 20_000;
  };
}

/** A call that the host never answers holds its arguments when its own call has long been stopped. */
async function openAcrossCalls({ isolet, limits }) {
  const runtime = new isolet.Runtime({ maxHeapSize: limits.maxHeapSize });
  let bytes = 0;
  const open = [];
  const never = (u) => {
    bytes += u.length;
    return new Promise((resolve) => open.push(resolve));
  };
  runtime.bindFunction('never', never, { mode: 'async' });
  const code = '{ const u = new Uint8Array(5e6); try { for (;;) never(u); } catch {} new Promise(() => {}) }';
  for (const end = soon(); performance.now() < end; ) await runtime.evalAsync(code, { timeout: 50 }).catch(() => {});
  runtime.close();
  for (const resolve of open) resolve();
  return bytes <= Math.max(limits.maxHeapSize / 2, 8 << 20) + 5e6;
}
