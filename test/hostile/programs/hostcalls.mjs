import { group } from '../define.mjs';

const BOTH = ['evalAsync', 'eval'];
const ENDED = ['value', 'javascript', 'timeout', 'heap_limit', 'terminated', 'capacity', 'transfer'];

/** Host functions and the console as a way to reach, flood or stop the host. */
export default group('hostcalls', { expect: ENDED }, [
  { name: 'sync flood', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], expect: ['timeout', 'capacity', 'terminated', 'javascript'], code: 'for (;;) host.echo(1)' },
  { name: 'sync flood, swallowed', entry: BOTH, expect: ['timeout', 'capacity', 'terminated'], code: 'for (;;) { try { for (;;) host.echo(1); } catch {} }' },
  { name: 'async flood', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], code: 'for (;;) host.later(1)' },
  { name: 'async flood, swallowed', entry: BOTH, code: 'for (;;) { try { host.later(1); } catch {} }' },
  { name: 'async flood that never settles', code: 'for (;;) { try { host.never(); } catch {} }' },
  { name: 'async flood that never settles, stopped again and again', entry: 'host', expect: ['value'], value: true, run: floodAcrossCalls },
  { name: 'async flood with big arguments', entry: BOTH, code: "const s = 'x'.repeat(5e6); for (;;) { try { host.later(s); } catch {} }" },
  { name: 'async flood, then answers', expect: ['value', 'javascript', 'capacity'], value: 1, code: 'for (let i = 0; i < 5e4; i++) host.later(i).catch(() => {}); 1' },
  { name: 'flood across awaits', code: '(async () => { for (;;) await Promise.allSettled(Array.from({ length: 1000 }, () => host.later(1))); })()' },
  { name: 'async flood of slow ones', entry: ['evalAsync', 'callAsync', 'invoke'], code: 'for (let i = 0; i < 4000; i++) host.work(); for (;;);' },
  { name: 'async flood of slow ones, awaited', entry: ['evalAsync', 'invoke'], code: '(async () => { for (;;) await Promise.allSettled(Array.from({ length: 4000 }, () => host.work())); })()' },
  { name: 'async flood of big results', entry: ['evalAsync', 'callAsync', 'invoke'], code: 'for (let i = 0; i < 4000; i++) host.bigLater(i); for (;;);' },
  { name: 'async flood of big results, awaited', entry: ['evalAsync', 'invoke'], code: '(async () => { const keep = []; for (;;) keep.push(...await Promise.all(Array.from({ length: 400 }, (_, i) => host.bigLater(i)))); })()' },
  { name: 'async flood of bytes', entry: ['evalAsync', 'invoke'], code: 'for (let i = 0; i < 4000; i++) host.bytesLater(); for (;;);' },
  { name: 'async flood of bytes, with time', limits: { timeout: 3000 }, code: 'for (let i = 0; i < 4000; i++) host.bytesLater(); for (;;);' },
  { name: 'big result flood', entry: BOTH, code: 'const keep = []; for (;;) keep.push(host.big())' },
  { name: 'argument of 500 MB', entry: BOTH, code: "host.echo('x'.repeat(5e8))" },
  { name: 'argument of 500 MB, async', code: "host.later('x'.repeat(5e8))" },
  { name: 'argument with a million keys', code: "const o = {}; for (let i = 0; i < 3e5; i++) o['k' + i] = i; host.echo(o)" },
  { name: 'hundred thousand arguments', code: 'host.echo(...new Array(1e5).fill(1))' },
  { name: 'apply with a huge like', code: 'host.echo.apply(null, { length: 2 ** 31 })' },
  { name: 'endless getter as argument', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], expect: ['timeout'], code: 'host.echo({ get a() { for (;;); } })' },
  { name: 'endless getter as argument, async', expect: ['timeout'], code: 'host.later({ get a() { for (;;) { try { for (;;); } catch {} } } })' },
  { name: 'hostile proxy as argument', entry: BOTH, expect: ['timeout', 'javascript', 'transfer'], code: 'host.echo(new Proxy({}, new Proxy({}, { get() { for (;;); } })))' },
  { name: 'growing getter as argument', expect: ['heap_limit', 'terminated', 'timeout', 'javascript'], limits: { timeout: 2000 }, code: 'host.echo({ get a() { const a = []; for (;;) a.push({}); } })' },
  { name: 'argument calls the host again', entry: BOTH, code: 'const o = () => ({ get a() { return host.echo(o()); } }); host.echo(o())' },
  { name: 'globalThis as argument', entry: BOTH, code: 'host.echo(globalThis)' },
  { name: 'host reads an argument in every way', entry: BOTH, expect: ['value', 'javascript', 'transfer', 'timeout'], code: "host.inspect({ [Symbol.toStringTag]: 'x', toString: () => { for (;;); }, toJSON: () => { for (;;); }, constructor: { name: 'y' }, then: 1, inspect() { for (;;); } })" },
  { name: 'host awaits a hostile thenable', entry: BOTH, expect: ENDED, code: 'host.wait({ then() { for (;;); } })' },
  { name: 'host awaits a thenable that answers itself', code: 'const t = { then(r) { r(t); } }; host.wait(t)' },
  { name: 'then appears when it is read again', entry: ['evalAsync', 'callAsync', 'invoke'], code: 'let n = 0; ({ get then() { return n++ ? () => { for (;;); } : undefined; } })' },
  { name: 'thenable inside the result of a host function', code: 'let n = 0; (async () => { const o = {}; const p = Promise.resolve(o); o.then = () => { for (;;); }; return [o, host.later(o)]; })()' },
  { name: 'host awaits a guest promise for ever', expect: ['timeout'], code: 'host.wait(new Promise(() => {}))' },
  { name: 'host calls a busy guest function', blocks: true, entry: BOTH, expect: ['timeout', 'javascript', 'terminated', 'capacity', 'value'], code: 'host.call(() => { for (;;); })' },
  { name: 'host calls a growing guest function', blocks: true, expect: ['timeout', 'javascript', 'terminated', 'heap_limit'], limits: { timeout: 2000 }, code: 'host.call(() => { const a = []; for (;;) a.push({}); })' },
  { name: 'host calls a function that is lost', blocks: true, entry: BOTH, code: "host.call(() => 'x'.repeat(2 ** 28).split(''))" },
  { name: 'host calls a function that never ends in a native routine', blocks: true, entry: BOTH, code: 'host.call(() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1))' },
  { name: 'host calls lost functions one after the other', blocks: true, code: "for (let i = 0; i < 3; i++) try { host.call(() => 'x'.repeat(2 ** 28).split('')) } catch {}" },
  { name: 'host calls a function that throws hostile', blocks: true, entry: BOTH, code: 'host.call(() => { throw new Proxy({}, { get() { for (;;); } }); })' },
  { name: 'host keeps calling back later', expect: ['value', 'javascript', 'transfer'], code: 'host.callLater(() => { for (;;); }); 1' },
  { name: 'flood of guest functions', entry: BOTH, code: 'for (;;) host.echo(() => 1)' },
  { name: 'flood of guest promises', code: 'for (;;) host.echo(new Promise(() => {}))' },
  { name: 'flood of rejected guest promises', entry: BOTH, code: "for (let i = 0; i < 3000; i++) host.echo(Promise.reject(new Error('p'))); 1" },
  { name: 'host throws', entry: BOTH, expect: ['javascript'], code: 'host.fail()' },
  { name: 'host rejects at once', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], expect: ['javascript'], code: 'host.reject()' },
  { name: 'host rejects at once, nobody listens', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], expect: ['value'], value: 1, code: 'host.reject(); 1' },
  { name: 'host rejects a thousand times', expect: ['value'], value: 1, code: 'for (let i = 0; i < 1000; i++) host.reject(); 1' },
  { name: 'host rejects after the guest died', expect: ['timeout'], code: 'host.rejectLater(); for (;;);' },
  { name: 'host answers after the guest was lost', expect: ['value', 'timeout', 'terminated'], code: 'host.later(1); host.rejectLater(); [].indexOf.call({ length: 2 ** 53 - 1 }, 1)' },
  { name: 'host throws a hostile error text', expect: ['javascript', 'transfer'], code: 'host.failBig()' },
  { name: 'loop while the host is working', expect: ['timeout'], code: 'host.slow(); for (;;);' },
  { name: 'sync host call outlives the limit', expect: ['timeout', 'value'], code: 'host.block(200); for (;;);' },
  { name: 'log flood', entry: ['evalAsync', 'eval', 'callAsync', 'invoke'], expect: ['timeout', 'capacity', 'terminated', 'javascript'], console: true, code: "for (;;) console.log('x')" },
  { name: 'log flood, big lines', entry: BOTH, console: true, expect: ['timeout', 'capacity', 'terminated', 'heap_limit', 'javascript'], code: "const s = 'x'.repeat(1e6); for (;;) console.log(s)" },
  { name: 'log flood, swallowed', console: true, expect: ['timeout', 'capacity', 'terminated', 'heap_limit'], code: "for (;;) { try { for (;;) console.error('x', { a: [1] }); } catch {} }" },
  { name: 'log flood, then answers', console: true, expect: ['value'], value: 1, code: "for (let i = 0; i < 2e4; i++) console.log(i); 1" },
  { name: 'log of 500 MB', entry: BOTH, console: true, code: "console.log('x'.repeat(5e8)); 1" },
  { name: 'log of hostile values', entry: BOTH, console: true, expect: ['value', 'timeout', 'javascript'], code: "console.log(new Proxy({}, { get() { for (;;); } }), { get a() { for (;;); } }, Symbol('x'), globalThis); 1" },
  { name: 'log of nested values', console: true, code: 'let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; console.log(o); 1' },
  { name: 'log of a BigInt of a megabyte, inherited', entry: BOTH, console: 'inherit', expect: ['value'], value: 1, code: 'console.log(1n << 8000000n, new Map([[1, Object(1n << 200000n)]])); 1' },
  { name: 'log of what is met again and again, inherited', console: 'inherit', expect: ['value'], value: 1, code: "let v = new Array(60).fill('x'.repeat(8000)); for (let i = 0; i < 2; i++) v = new Array(100).fill(v); console.log(v); 1" },
  { name: 'log with a toString that loops, inherited', console: 'inherit', expect: ['value'], value: 1, code: "console.log('%s %d', { toString() { for (;;); } }, { valueOf() { for (;;); } }); 1" },
  { name: 'log patched', console: true, expect: ['value', 'timeout'], code: "const log = console.log; console.log = () => {}; Array.prototype.map = String.prototype.toString = () => { for (;;); }; log('%s %o %d', { toString() { for (;;); } }, {}, {}); 1" },
  { name: 'log after the answer', console: true, expect: ['value'], value: 1, code: "(async () => { for (;;) { await host.later(1); console.log('x'); } })(); 1" },
  { name: 'console methods', console: true, expect: ['value', 'javascript'], code: "for (const k of Object.keys(console)) { try { console[k]('x', {}, []); } catch {} } 1" },
  { name: 'timer flood', expect: ['value', 'javascript', 'timeout', 'capacity', 'heap_limit', 'terminated'], code: 'for (let i = 0; i < 1e6; i++) setTimeout(() => { for (;;); }, 0); new Promise(() => {})' },
  { name: 'interval flood', expect: ['value', 'javascript', 'timeout', 'capacity'], code: 'for (let i = 0; i < 1e4; i++) setInterval(() => {}, 0); new Promise(() => {})' },
  { name: 'promises for the host, all big', entry: ['evalAsync', 'eval', 'invoke'], code: "const rs = []; host.merge(Array.from({ length: 2000 }, () => new Promise((r) => rs.push(r)))); const s = 'x'.repeat(9e6); for (const r of rs) r(s); new Promise(() => {})" },
  { name: 'promises for the host, all big errors', entry: BOTH, code: "const rs = []; host.merge(Array.from({ length: 2000 }, () => new Promise((_, r) => rs.push(r)))); const s = 'x'.repeat(9e6); for (const r of rs) r(s); new Promise(() => {})" },
  { name: 'promises for the host in the result', expect: ['value', 'capacity', ...ENDED], code: "({ all: Array.from({ length: 5000 }, () => Promise.resolve('x'.repeat(9e6))) })" },
]);

/** A host that finishes nothing is asked by one call after the other; answers whether it was asked for no more than may be open. */
async function floodAcrossCalls({ runtime }) {
  const held = [];
  const never = () => new Promise((resolve) => held.push(resolve));
  runtime.bindFunction('never', never, { mode: 'async' });
  const code = 'for (let i = 0; i < 3000; i++) { try { never(); } catch { break; } } new Promise(() => {})';
  for (let i = 0; i < 5; i++) await runtime.evalAsync(code, { timeout: 60 }).catch(() => {});
  return held.length <= 4096;
}
