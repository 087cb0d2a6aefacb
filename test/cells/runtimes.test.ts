import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellWant } from '../../lib/options/cell-options.ts';
import { hasCells, type Program, startProgram } from './support.ts';

/** The bytes of a module that adds two numbers. */
const add = [
  0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, 3, 2, 1, 0, 7, 7, 1, 3, 0x61, 0x64, 0x64,
  0, 0, 0x0a, 9, 1, 7, 0, 0x20, 0, 0x20, 1, 0x6a, 0x0b,
].join();

describe.skipIf(!hasCells).each(['off', 'auto'] as const)(
  'in a sealed process, namespaces %s',
  (namespaces: CellWant) => {
    let cell: Program;
    beforeAll(async () => {
      // Memory of lost guests is not given back in here: reading how it is mapped is refused.
      cell = await startProgram('runtimes', { namespaces, maxMemory: 2 * 1024 ** 3 });
    });
    afterAll(async () => {
      cell.kill();
      await cell.exited;
    });

    it('runtimes are made, run code and are closed', async () => {
      const code = `
      using_ = [];
      for (let i = 0; i < 5; ++i) {
        const runtime = await isolet.Runtime.create({ maxHeapSize: 16 * 1024 * 1024 });
        using_.push(await runtime.evalAsync('6 * ' + i), runtime.eval('1 + ' + i));
        runtime.close();
      }
      return using_;`;
      expect(await cell.run(code)).toEqual([0, 1, 6, 2, 12, 3, 18, 4, 24, 5]);
    });

    it('code is optimized, compiled from WebAssembly, and collected', async () => {
      const code = `
      const runtime = new isolet.Runtime({ maxHeapSize: 32 * 1024 * 1024 });
      const hot = await runtime.evalAsync(\`
        function sum(n) { let s = 0; for (let i = 0; i < n; ++i) s = (s + i * 31) | 0; return s; }
        let last = 0; for (let i = 0; i < 300; ++i) last = sum(10000); last\`);
      const wasm = await runtime.evalAsync(\`
        new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([${add}]))).exports.add(40, 2)\`);
      const garbage = await runtime.evalAsync(\`
        let kept = []; for (let i = 0; i < 200000; ++i) { kept.push({ i, text: 'x' + i }); if (kept.length > 5000) kept = []; }
        kept.length > 0\`);
      runtime.close();
      return { hot, wasm, garbage };`;
      let hot = 0;
      for (let i = 0; i < 10_000; ++i) hot = (hot + i * 31) | 0;
      expect(await cell.run(code)).toEqual({ hot, wasm: 42, garbage: true });
    });

    it('Intl, time zones, regular expressions, timers, promises and host functions work', async () => {
      const code = `
      const runtime = new isolet.Runtime({ maxHeapSize: 32 * 1024 * 1024, maxTimers: 10 });
      runtime.bindFunction('double', (n) => 2 * n);
      runtime.bindFunction('later', async (n) => { await null; return n + 1; });
      const result = await runtime.evalAsync(\`(async () => ({
        money: new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' }).format(1234.5),
        day: new Intl.DateTimeFormat('en', { dateStyle: 'full', timeZone: 'Asia/Tokyo' }).format(0),
        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        order: ['z', 'ä', 'a'].sort(new Intl.Collator('de').compare).join(''),
        match: 'über 12 Äpfel'.match(/(?<n>\\\\p{N}+)/u)?.groups?.n,
        waited: await new Promise((resolve) => setTimeout(() => resolve('yes'), 2)),
        host: double(21), later: await later(1),
      }))()\`);
      runtime.close();
      return result;`;
      expect(await cell.run(code)).toEqual({
        money: '1.234,50\u00a0€',
        day: 'Thursday, January 1, 1970',
        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        order: 'aäz',
        match: '12',
        waited: 'yes',
        host: 42,
        later: 2,
      });
    });

    it("the web's APIs, streams, modules and snapshots work", async () => {
      const code = `
      const runtime = new isolet.Runtime({ web: true });
      const web = await runtime.evalAsync(\`(async () => {
        const bytes = new TextEncoder().encode('isolet');
        const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, '0')).join('');
        const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt', 'decrypt']);
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const secret = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes);
        const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
        const text = await new Response(packed.pipeThrough(new DecompressionStream('gzip'))).text();
        return {
          digest: hex(await crypto.subtle.digest('SHA-256', bytes)).slice(0, 16),
          back: new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, secret)),
          id: crypto.randomUUID().length, text, url: new URL('../b?x=1', 'https://host.test/a/c').href,
          clone: structuredClone(new Map([[1, new Date(0)]])).get(1).getTime(), now: performance.now() > 0,
        };
      })()\`);
      runtime.addModule('one', 'export const one = 1;');
      runtime.addModule('main', 'import { one } from "one"; export const two = one + 1;');
      const { two } = await runtime.evalModuleAsync('main');
      runtime.close();
      const snapshot = new isolet.SnapshotBuilder().executeScript('kept.js', 'globalThis.kept = 7').build();
      const other = new isolet.Runtime({ snapshot });
      const kept = await other.evalAsync('kept');
      other.close();
      return { web, two, kept };`;
      expect(await cell.run(code)).toEqual({
        web: {
          digest: createHash('sha256').update('isolet').digest('hex').slice(0, 16),
          back: 'isolet',
          id: 36,
          text: 'isolet',
          url: 'https://host.test/b?x=1',
          clone: 0,
          now: true,
        },
        two: 2,
        kept: 7,
      });
    });

    it('limits end calls and runtimes, and the next runtime works', async () => {
      const code = `
      const failures = [];
      const run = async (options, code, call) => {
        const runtime = new isolet.Runtime({ maxHeapSize: 16 * 1024 * 1024, ...options });
        await runtime.evalAsync(code, call).catch((error) => failures.push(error.code));
        runtime.close();
      };
      await run({}, 'for (;;);', { timeout: 100 });
      await run({}, 'const all = []; for (;;) all.push(new Array(1000).fill({}))');
      await run({}, '[...Array(3)].map(function f() { return [1].map(f) })');
      await run({}, 'new Promise(() => {})', { timeout: 50 });
      await run({}, 'new ArrayBuffer(100 * 1024 * 1024)');
      const runtime = new isolet.Runtime();
      const next = await runtime.evalAsync('"next"');
      runtime.close();
      return { failures, next };`;
      expect(await cell.run(code)).toEqual({
        failures: [
          'ERR_ISOLET_TIMEOUT',
          'ERR_ISOLET_HEAP_LIMIT',
          'ERR_ISOLET_JAVASCRIPT',
          'ERR_ISOLET_TIMEOUT',
          'ERR_ISOLET_HEAP_LIMIT',
        ],
        next: 'next',
      });
    });

    it('a guest that V8 gives up is lost, and the process goes on', async () => {
      const code = `
      const runtime = new isolet.Runtime({ maxHeapSize: 16 * 1024 * 1024 });
      const failure = await runtime.evalAsync('new Array(1e8).fill({}).map((x) => ({ x }))').catch((error) => error.code);
      runtime.close();
      const other = new isolet.Runtime();
      const next = await other.evalAsync('21 * 2');
      other.close();
      return { failure, next };`;
      expect(await cell.run(code)).toMatchObject({ failure: 'ERR_ISOLET_HEAP_LIMIT', next: 42 });
      const split = `
      const runtime = new isolet.Runtime({ maxHeapSize: 64 * 1024 * 1024 });
      const failure = await runtime.evalAsync("'x'.repeat(2 ** 28).split('').length").catch((error) => error.code);
      runtime.close();
      const other = new isolet.Runtime();
      const next = await other.evalAsync('"still here"');
      other.close();
      return { failed: typeof failure === 'string', next, lost: isolet.getProcessStats().lostIsolates > 0 };`;
      expect(await cell.run(split)).toMatchObject({ failed: true, next: 'still here', lost: true });
    });
  },
);
