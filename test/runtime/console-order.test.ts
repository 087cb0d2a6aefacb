import type { JsFunction } from 'isolet';
import { describe, expect, it } from 'vitest';
import { useRuntimes } from './support.ts';

const { make } = useRuntimes();

describe.each(['guarded', 'inPlace'] as const)('console lines and what else the host sees, %s', (syncCalls) => {
  function recording() {
    const seen: unknown[] = [];
    const runtime = make({ syncCalls, timeout: 5000, console: (_level, args) => seen.push(...args) });
    runtime.bindFunction('host', (value: unknown) => seen.push(value));
    runtime.bindFunction('hostAsync', async (value: unknown) => void seen.push(value));
    return { runtime, seen };
  }

  it('are in the order of the guest, with synchronous host calls and with the return of eval', () => {
    const { runtime, seen } = recording();
    runtime.eval('console.log(1); host(2); console.log(3); console.log(4); host(5); console.log(6)');
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    const again = runtime.eval<JsFunction>('() => console.log(7)');
    again();
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(() => runtime.eval('console.log(8); throw new Error("x")')).toThrow('x');
    expect(seen.at(-1)).toBe(8);
    expect(() => runtime.eval('console.log(9); for (;;);', { timeout: 50 })).toThrow(/timed out/);
    expect(seen.at(-1)).toBe(9);
  });

  it('in asynchronous calls and with asynchronous host calls too', async () => {
    const { runtime, seen } = recording();
    const done = runtime.evalAsync(
      '(async () => { console.log(1); host(2); console.log(3); await hostAsync(4); console.log(5) })()',
    );
    await done.then(() => seen.push('answered'));
    expect(seen).toEqual([1, 2, 3, 4, 5, 'answered']);
  });

  it('a listener that calls the guest, closes it or throws does no harm', () => {
    const runtime = make({ syncCalls, console: true });
    const seen: unknown[] = [];
    runtime.on('console', (_level, [value]) => {
      seen.push(value);
      if (value === 'first') runtime.eval('console.log("inner")');
      if (value === 'last') runtime.close();
    });
    runtime.bindFunction('host', () => seen.push('host'));
    runtime.eval('console.log("first"); console.log("second"); host(); console.log("third")');
    expect(seen.filter((value) => value !== 'host')).toHaveLength(4);
    expect(seen.indexOf('host')).toBeGreaterThan(seen.indexOf('second'));
    runtime.eval('console.log("last"); 1');
    expect(runtime.closed).toBe(true);
  });
});
