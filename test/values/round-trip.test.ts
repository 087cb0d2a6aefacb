import { deepStrictEqual } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { type JsFunction, Runtime } from 'isolet';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { until } from '../runtime/support.ts';
import { anyValue } from './arbitrary.ts';

// Each path is compared with structuredClone. A value that goes in comes out again by the path 'as a result', which
// the first test has to itself, so that two mistakes can't hide each other.
describe('arbitrary values arrive as structuredClone copies them', () => {
  let runtime: Runtime;
  let kept: unknown;
  let identity: JsFunction;

  beforeAll(() => {
    runtime = new Runtime({ timeout: 10_000, maxTransferBytes: 64 * 2 ** 20 });
    runtime.bindFunction('get', () => kept);
    runtime.bindFunction('later', async () => kept);
    runtime.bindFunction('put', (value) => {
      kept = value;
    });
    identity = runtime.eval<JsFunction>('(x) => x');
  });
  afterAll(async () => {
    identity.release();
    await until(() => runtime.getStats().liveFunctionHandles === 0, 'no function is held');
    await runtime.closeAsync();
  });

  const every = (numRuns: number, check: (value: unknown) => void) =>
    fc.assert(fc.property(anyValue, check), { numRuns });

  it('as a result and as the result of a host function', () => {
    every(300, (value) => {
      kept = value;
      deepStrictEqual(runtime.eval('get()'), structuredClone(value));
    });
  });

  it('as an argument of a call', () => {
    every(300, (value) => deepStrictEqual(identity(value), structuredClone(value)));
  });

  it('as one of several arguments, and as the receiver', async () => {
    const all = runtime.eval<JsFunction>('"use strict"; (function (...list) { return [this, ...list]; })');
    const check = fc.asyncProperty(anyValue, async (value) => {
      const got = await all.callAsync([value, [value]], { thisArg: [value] });
      deepStrictEqual(got, structuredClone([[value], value, [value]]));
    });
    await fc.assert(check, { numRuns: 100 });
    all.release();
  });

  it('as an argument of a host call', () => {
    every(300, (value) => {
      kept = value;
      runtime.eval('put(get())');
      deepStrictEqual(kept, structuredClone(value));
    });
  });

  it('as the results of calls off the event loop', async () => {
    const check = fc.asyncProperty(anyValue, async (value) => {
      kept = value;
      deepStrictEqual(await runtime.evalAsync('later().then((x) => [x])'), structuredClone([value]));
      deepStrictEqual(await identity.callAsync([[value]]), structuredClone([value]));
    });
    await fc.assert(check, { numRuns: 100 });
  });

  it('as a member of a bound object', () => {
    every(100, (value) => {
      runtime.bindObject('bound', { value });
      deepStrictEqual(runtime.eval('bound.value'), structuredClone(value));
    });
  });

  it("as the guest's own structure: the guest rebuilds the value from source", () => {
    const stringify = runtime.eval<JsFunction>('(x) => JSON.stringify(x)');
    const json = fc.jsonValue({ maxDepth: 4 });
    const check = fc.property(json, (value) => {
      const source = JSON.stringify(JSON.stringify(value));
      const parsed: unknown = JSON.parse(JSON.stringify(value));
      deepStrictEqual(runtime.eval(`JSON.parse(${source})`), parsed);
      // In the guest it is the same text again, so the way in lost nothing either.
      return stringify(parsed) === JSON.stringify(parsed);
    });
    fc.assert(check, { numRuns: 200 });
    stringify.release();
  });

  it('a copy shares nothing with the original', () => {
    every(50, (value) => {
      const before = structuredClone(value);
      const copy = identity([value]) as unknown[];
      copy[0] = 'changed';
      if (!isDeepStrictEqual(value, before)) throw new Error('The original changed.');
    });
  });
});
