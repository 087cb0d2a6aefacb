import { group } from '../define.mjs';

const after = (code) => `(async () => { await host.later(1); ${code} })()`;
const GREW = ['heap_limit', 'terminated', 'javascript', 'timeout'];

/** Limits have to hold in every run of a call, not only in the first one. */
export default group('awaits', { expect: ['timeout'] }, [
  { name: 'loop after an await', entry: ['evalAsync', 'callAsync', 'eval', 'invoke'], code: after('for (;;);') },
  { name: 'loop after an await, swallowed', code: after('for (;;) { try { for (;;); } catch {} finally { continue; } }') },
  { name: 'loop after many awaits', code: '(async () => { for (let i = 0; i < 20; i++) await host.later(i); for (;;); })()' },
  { name: 'loop in finally after an await', code: '(async () => { try { await host.later(1); throw 1; } finally { for (;;); } })()' },
  { name: 'loop in catch after a rejection', code: '(async () => { try { await host.reject(); } catch { for (;;); } })()' },
  { name: 'timeout swallowed by async finally', code: '(async () => { for (;;) { try { await host.never(); } finally { continue; } } })()' },
  { name: 'timeout swallowed, then goes on', code: "(async () => { try { await host.never(); } catch { return 'swallowed'; } })()" },
  { name: 'polls the host for ever', entry: ['evalAsync', 'callAsync', 'eval', 'invoke'], code: '(async () => { for (;;) await host.later(1); })()' },
  { name: 'polls and swallows', code: '(async () => { for (;;) { try { for (;;) await host.later(1); } catch {} } })()' },
  { name: 'grows after an await', entry: ['evalAsync', 'callAsync', 'eval', 'invoke'], expect: GREW, limits: { timeout: 2000 }, code: after('const a = []; for (;;) a.push({});') },
  { name: 'buffers after an await', expect: GREW, limits: { timeout: 2000 }, code: after('const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1));') },
  { name: 'split after an await', expect: [...GREW, 'value'], limits: { timeout: 2000 }, code: after("return 'x'.repeat(2 ** 28).split('').length;") },
  { name: 'native routine after an await', expect: ['timeout', 'terminated'], code: after('[].indexOf.call({ length: 2 ** 53 - 1 }, 1)') },
  { name: 'grows a little per await', expect: GREW, limits: { timeout: 4000 }, code: '(async () => { const a = []; for (;;) { await host.later(1); for (let i = 0; i < 1e5; i++) a.push({}); } })()' },
  { name: 'loops in the resolver of a host promise', code: 'new Promise((r) => { host.later(1).then(() => { for (;;); }); })' },
  { name: 'hostile thenable after an await', code: after('return { then() { for (;;); } };') },
  { name: 'getter in the result after an await', code: after('return { get a() { for (;;); } };') },
  { name: 'work goes on after the answer', expect: ['value'], value: 1, code: 'host.later(1).then(() => { for (;;); }); 1' },
  { name: 'memory goes on after the answer', expect: ['value'], value: 1, code: 'host.later(1).then(() => { const a = []; for (;;) a.push({}); }); 1' },
  { name: 'native routine after the answer', expect: ['value'], value: 1, code: 'host.later(1).then(() => [].indexOf.call({ length: 2 ** 53 - 1 }, 1)); 1' },
  { name: 'polling after the answer', expect: ['value'], value: 1, code: '(async () => { for (;;) await host.later(1); })(); 1' },
  { name: 'cpu limit over awaits', limits: { timeout: 0, cpuTimeout: 200 }, code: '(async () => { for (;;) { const t = Date.now(); while (Date.now() - t < 5); await host.later(1); } })()' },
  { name: 'two hundred calls at once', entry: ['host'], expect: ['timeout', 'value', 'capacity', 'terminated'], run: async ({ runtime, limits }) => {
    const calls = Array.from({ length: 200 }, () => runtime.evalAsync('for (;;);', { timeout: limits.timeout }).catch((e) => e));
    const first = await calls[0];
    await Promise.race([Promise.all(calls), new Promise((r) => setTimeout(r, 300))]);
    throw first;
  } },
]);
