import { describe, expect, it } from 'vitest';
import { brief } from '../../lib/errors/brief.ts';
import { checkEvalOptions, checkFunctionCallOptions } from '../../lib/options/call-options.ts';
import { checkRuntimeOptions } from '../../lib/options/check-runtime-options.ts';
import { minHeapSize } from '../../lib/options/heap-size.ts';
import { nearest } from '../../lib/options/nearest.ts';
import { runtimeDefaults } from '../../lib/options/runtime-options.ts';

/** What `check` throws. */
function refusal(check: () => unknown): {
  name: string;
  message: string;
  code: string;
  option: string;
  value: unknown;
} {
  try {
    check();
  } catch (error) {
    return error as never;
  }
  throw new Error('was accepted');
}

/** The invalid time limits, with the class of error and a word of its message. */
const badTimes: [unknown, 'RangeError' | 'TypeError', string][] = [
  [-1, 'RangeError', 'negative'],
  [-5.5, 'RangeError', 'negative'],
  [0, 'RangeError', 'zero'],
  [-0, 'RangeError', 'zero'],
  [Number.NaN, 'RangeError', 'finite'],
  [Number.POSITIVE_INFINITY, 'RangeError', 'finite'],
  [Number.NEGATIVE_INFINITY, 'RangeError', 'finite'],
  [2 ** 31, 'RangeError', 'at most'],
  ['5s', 'TypeError', 'must be a number'],
  [[], 'TypeError', 'must be a number'],
  [{}, 'TypeError', 'must be a number'],
  [null, 'TypeError', 'must be a number'],
  [true, 'TypeError', 'must be a number'],
  [10n, 'TypeError', 'must be a number'],
];

describe('time limits (F100)', () => {
  for (const option of ['timeout', 'cpuTimeout'] as const) {
    it.each(badTimes)(`B100: the option ${option} refuses %o`, (value, name, word) => {
      const error = refusal(() => checkRuntimeOptions({ [option]: value }));
      expect(error).toMatchObject({ name, code: 'ERR_ISOLET_INVALID_ARG', option });
      expect(Object.is(error.value, value)).toBe(true);
      expect(error.message).toContain(word);
      expect(error.message).toContain(`'${option}'`);
    });

    it.each(badTimes)(`B079, B081: a call refuses ${option} %o`, (value, name, word) => {
      for (const check of [checkEvalOptions, checkFunctionCallOptions]) {
        const error = refusal(() => check({ [option]: value }, { timeout: 0, cpuTimeout: 0 }));
        expect(error).toMatchObject({ name, option });
        expect(error.message).toContain(word);
      }
    });
  }

  it('B098: accepts whole and broken numbers', () => {
    for (const timeout of [0.5, 1, 30.5, 60_000, 2 ** 31 - 1])
      expect(checkRuntimeOptions({ timeout }).timeout).toBe(timeout);
  });

  it("a call's limit replaces the runtime's, also a smaller one", () => {
    const defaults = { timeout: 10, cpuTimeout: 20 };
    expect(checkEvalOptions(undefined, defaults)).toMatchObject({ ...defaults, filename: '<eval>', signal: undefined });
    expect(checkEvalOptions({ timeout: 500 }, defaults)).toMatchObject({ timeout: 500, cpuTimeout: 20 });
    expect(checkEvalOptions({ timeout: undefined }, defaults)).toMatchObject(defaults);
  });
});

describe('heap sizes', () => {
  it('has a floor that the message names', () => {
    const error = refusal(() => checkRuntimeOptions({ maxHeapSize: 3 * 1024 * 1024 }));
    expect(error.name).toBe('RangeError');
    expect(error.message).toContain('4 MiB');
    expect(checkRuntimeOptions({ maxHeapSize: minHeapSize }).maxHeapSize).toBe(minHeapSize);
    expect(checkRuntimeOptions({ maxHeapSize: 5 * 1024 * 1024 }).maxHeapSize).toBe(5 * 1024 * 1024);
  });

  it.each([-1, 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])('refuses the number %o', (maxHeapSize) => {
    expect(refusal(() => checkRuntimeOptions({ maxHeapSize })).name).toBe('RangeError');
  });

  it.each(['64mb', null, {}, 5n, true])('refuses %o', (maxHeapSize) => {
    expect(refusal(() => checkRuntimeOptions({ maxHeapSize })).name).toBe('TypeError');
  });

  it('B096: an initial heap needs a maximum, and the message names both', () => {
    const error = refusal(() => checkRuntimeOptions({ initialHeapSize: 1024 * 1024 }));
    expect(error.message).toContain("'maxHeapSize'");
    expect(error.message).toContain("'initialHeapSize'");
  });

  it('B097: an initial heap cannot exceed the maximum', () => {
    const options = { initialHeapSize: 8 * 1024 * 1024, maxHeapSize: 4 * 1024 * 1024 };
    const error = refusal(() => checkRuntimeOptions(options));
    expect(error).toMatchObject({ name: 'RangeError', option: 'initialHeapSize' });
    expect(error.message).toContain('cannot exceed');
  });
});

describe('other options', () => {
  it('B089: nothing given means the documented defaults', () => {
    const checked = checkRuntimeOptions(undefined);
    expect(checked).toMatchObject({
      ...runtimeDefaults,
      console: false,
      codeGeneration: { strings: true, wasm: true },
    });
    expect(checked.name).toMatch(/^runtime-\d+$/);
    expect(checkRuntimeOptions({})).toMatchObject(runtimeDefaults);
  });

  it.each([
    ['maxTransferDepth', 0],
    ['maxTransferDepth', 1001],
    ['maxTransferDepth', 1.5],
    ['maxTransferBytes', 0],
    ['maxTransferBytes', -1],
    ['maxTransferBytes', 2 ** 31],
    ['maxTimers', -1],
    ['maxHeldHandles', 0],
    ['maxHeldHandles', 1_000_001],
    ['maxHeldHandles', 0.5],
    ['maxOpenHostCallBytes', 0],
    ['maxOpenHostCallBytes', Number.POSITIVE_INFINITY],
    ['name', ''],
  ])('B093: %s refuses %o', (option, value) => {
    expect(refusal(() => checkRuntimeOptions({ [option]: value }))).toMatchObject({
      name: 'RangeError',
      option,
      value,
    });
  });

  it.each([
    ['maxTransferDepth', '10'],
    ['maxTransferBytes', null],
    ['maxTimers', true],
    ['maxHeldHandles', '100'],
    ['maxOpenHostCallBytes', null],
    ['console', 'stdout'],
    ['console', 1],
    ['bootstrap', 42],
    ['bootstrap', null],
    ['codeGeneration', true],
    ['codeGeneration', null],
    ['name', 5],
  ])('%s refuses %o', (option, value) => {
    expect(refusal(() => checkRuntimeOptions({ [option]: value }))).toMatchObject({ name: 'TypeError', option, value });
  });

  it('names the inner option', () => {
    expect(refusal(() => checkRuntimeOptions({ codeGeneration: { strings: 'no' } })).option).toBe(
      'codeGeneration.strings',
    );
    expect(refusal(() => checkRuntimeOptions({ bootstrap: { filename: 'a.js' } })).option).toBe('bootstrap.code');
    expect(refusal(() => checkRuntimeOptions({ bootstrap: { code: '', filname: 'a.js' } })).message).toContain(
      "'filename'",
    );
  });

  it.each([null, 5, 'x', [], () => 1])('refuses %o as options', (options) => {
    expect(refusal(() => checkRuntimeOptions(options))).toMatchObject({ name: 'TypeError', option: 'options' });
  });

  it('names the nearest known option', () => {
    const error = refusal(() => checkRuntimeOptions({ timeOut: 5 }));
    expect(error).toMatchObject({ name: 'TypeError', option: 'timeOut', value: 5 });
    expect(error.message).toContain("Did you mean 'timeout'?");
    expect(refusal(() => checkRuntimeOptions({ memoryLimit: 5 })).message).toContain('Known options: maxHeapSize,');
    expect(refusal(() => checkEvalOptions({ filenam: 'a' }, { timeout: 0, cpuTimeout: 0 })).message).toContain(
      "'filename'",
    );
  });

  it('refuses inherited names too', () => {
    expect(refusal(() => checkRuntimeOptions(Object.create({ timeoutt: 1 }))).option).toBe('timeoutt');
  });

  it.each([null, {}, 'x', { aborted: false }])('refuses %o as signal', (signal) => {
    const error = refusal(() => checkEvalOptions({ signal }, { timeout: 0, cpuTimeout: 0 }));
    expect(error).toMatchObject({ name: 'TypeError', option: 'signal' });
  });
});

describe('nearest', () => {
  it.each([
    ['timeot', 'timeout'],
    ['maxheapsize', 'maxHeapSize'],
    ['heapSize', 'maxHeapSize'],
    ['zzz', undefined],
    ['', undefined],
  ])('%s is near %s', (word, expected) => {
    expect(nearest(word, ['timeout', 'maxHeapSize', 'console'])).toBe(expected);
  });
});

describe('brief', () => {
  it('stays short and on one line and runs no code of the value', () => {
    const trap = {
      get boom(): never {
        throw new Error('getter ran');
      },
      [Symbol.for('nodejs.util.inspect.custom')]: () => {
        throw new Error('ran');
      },
    };
    for (const value of [
      'x'.repeat(1e5),
      { a: { b: { c: 1 } } },
      Array.from({ length: 1000 }),
      trap,
      'a\nb',
      new Map([[1, 2]]),
    ]) {
      const text = brief(value);
      expect(text.length).toBeLessThanOrEqual(80);
      expect(text).not.toContain('\n');
    }
  });
});
