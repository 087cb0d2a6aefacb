import { describe, expect, it } from 'vitest';
import { fromRecord } from '../../lib/errors/from-record.ts';
import { markHostError } from '../../lib/errors/host-errors.ts';
import {
  CapacityError,
  HeapLimitError,
  JavaScriptError,
  ModuleError,
  RuntimeClosedError,
  RuntimeTerminatedError,
  SnapshotError,
  TimeoutError,
  TransferError,
} from '../../lib/errors/index.ts';
import type { ErrorRecord } from '../../lib/native.ts';
import { ownTime } from '../runtime/support.ts';

const frame = { functionName: 'f', fileName: '<eval>', lineNumber: 1, columnNumber: 7 };
const thrownRecord = (over: Partial<Extract<ErrorRecord, { kind: 'javascript' }>>): ErrorRecord => ({
  kind: 'javascript',
  name: 'TypeError',
  message: 'boom',
  stack: 'TypeError: boom\n    at f (<eval>:1:7)',
  frames: [frame],
  thrown: undefined,
  ...over,
});

describe('fromRecord', () => {
  it('keeps name, message, stack and frames of a guest error', () => {
    const error = fromRecord(thrownRecord({})) as JavaScriptError;
    expect(error).toBeInstanceOf(JavaScriptError);
    expect(error).toMatchObject({ name: 'TypeError', message: 'boom', code: 'ERR_ISOLET_JAVASCRIPT' });
    expect(error.stack).toBe('TypeError: boom\n    at f (<eval>:1:7)');
    expect(error.frames).toEqual([frame]);
    expect(String(error)).toBe('TypeError: boom');
    expect(error.cause).toBeUndefined();
  });

  it('names what is not an Error "Error" and keeps the value', () => {
    const record = thrownRecord({ name: null, message: '42', stack: null, frames: [], thrown: 42 });
    const error = fromRecord(record) as JavaScriptError;
    expect(error).toMatchObject({ name: 'Error', message: 'Uncaught 42', thrown: 42, frames: [] });
    expect(error.stack).toBe('Error: Uncaught 42');
  });

  it.each([
    ['text', 'text', 'Uncaught text'],
    [null, 'null', 'Uncaught null'],
    [{ a: 1 }, '[object Object]', 'Uncaught { a: 1 }'],
    [undefined, 'Symbol(x)', 'Uncaught Symbol(x)'],
    [Object.create(null), '[object Object]', 'Uncaught [Object: null prototype] {}'],
    [new Map([['a', [1]]]), '[object Map]', "Uncaught Map(1) { 'a' => [Array] }"],
    [new Set([1, 2, 3, 4]), '[object Set]', 'Uncaught Set(4) { 1, 2, 3, ... 1 more }'],
    [[1, , 'x', 4], '1,,x,4', "Uncaught [ 1, <empty>, 'x', ... 1 more ]"],
    [new Uint8Array(2), '0,0', 'Uncaught Uint8Array(2) [ 0, 0 ]'],
    [new Date(0), '', 'Uncaught 1970-01-01T00:00:00.000Z'],
    [/a/g, '', 'Uncaught /a/'],
    [Object('x'), '', "Uncaught [String: 'x']"],
    [
      { "it's": { deep: 1 }, f: Math.max, e: new RangeError('x') },
      '',
      `Uncaught { "it's": [Object], f: function max, e: [RangeError] }`,
    ],
  ])('describes the thrown value %o', (thrown, message, expected) => {
    expect(fromRecord(thrownRecord({ name: null, message, thrown })).message).toBe(expected);
  });

  const long = 1n << 70_000_000n;
  const digits = 'a BigInt of more than 256 bits';
  it.each<[string, unknown, string]>([
    ['in a Set', new Set([long]), `Set(1) { ${digits} }`],
    ['in a Map', new Map([[long, -long]]), `Map(1) { ${digits} => ${digits} }`],
    ['boxed', Object(long), `[BigInt: ${digits}]`],
    ['in an array', [long], `[ ${digits} ]`],
    ['in an object', { a: { b: long }, long }, `{ a: [Object], long: ${digits} }`],
    ['below a class', new (class Own extends Set {})([long]), `Set(1) { ${digits} }`],
  ])('never prints the digits of a long BigInt: %s', (_name, thrown, expected) => {
    const start = ownTime();
    expect(fromRecord(thrownRecord({ name: null, message: '', thrown })).message).toBe(`Uncaught ${expected}`);
    expect(ownTime() - start).toBeLessThan(500);
  });

  it('looks at the beginning of what is large, and runs none of its code', () => {
    const start = ownTime();
    const throws = (): never => {
      throw new Error('ran');
    };
    const keys = Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [`k${i}`, i]));
    const accessors = Object.defineProperty({}, 'a', { get: throws, enumerable: true });
    const proxy = new Proxy({}, { get: throws, ownKeys: throws, getOwnPropertyDescriptor: throws });
    for (const thrown of [
      keys,
      accessors,
      proxy,
      [proxy],
      Object.create(proxy),
      { [`${'k'.repeat(5e6)}`]: 1 },
      { a: 'x'.repeat(5e6) },
      new Map([[keys, 'x\ny'.repeat(1e6)]]),
      new Array(4e9),
      Object.defineProperty(new Map(), 'size', { value: long }),
      new Error('x'.repeat(5e6)),
      { toString: throws, inspect: throws, constructor: { name: 'x'.repeat(5e6) } },
    ]) {
      const { message } = fromRecord(thrownRecord({ name: null, message: '', thrown }));
      expect(message.length).toBeLessThan(100);
      expect(message).not.toContain('\n');
    }
    expect(ownTime() - start).toBeLessThan(1000);
  });

  it('takes the cause from the guest error', () => {
    const cause = new Error('inner');
    const error = fromRecord(thrownRecord({ thrown: new TypeError('boom', { cause }) })) as JavaScriptError;
    expect(error.cause).toBe(cause);
  });

  it('gives the host error that passed through as cause and thrown', () => {
    const host = new RangeError('from the host', { cause: 'deeper' });
    markHostError(host);
    const error = fromRecord(thrownRecord({ name: 'RangeError', thrown: host })) as JavaScriptError;
    expect(error.cause).toBe(host);
    expect(error.thrown).toBe(host);
  });

  it.each<[ErrorRecord, new (...args: never[]) => Error, object]>([
    [
      { kind: 'timeout', clock: 'cpu', limit: 5, phase: 'pending' },
      TimeoutError,
      { kind: 'cpu', limit: 5, phase: 'pending' },
    ],
    [{ kind: 'terminated', reason: 'why' }, RuntimeTerminatedError, { reason: 'why' }],
    [{ kind: 'heapLimit', limit: 10, used: 9 }, HeapLimitError, { limit: 10, used: 9, code: 'ERR_ISOLET_HEAP_LIMIT' }],
    [{ kind: 'closed' }, RuntimeClosedError, {}],
    [
      { kind: 'transfer', message: 'deep', path: 'a.b', limit: 2, actual: 3 },
      TransferError,
      { path: 'a.b', limit: 2, actual: 3 },
    ],
    [
      { kind: 'module', notFound: true, message: 'm', specifier: 's', referrer: null },
      ModuleError,
      { code: 'ERR_ISOLET_MODULE_NOT_FOUND', specifier: 's', referrer: null },
    ],
    [
      { kind: 'module', notFound: false, message: 'm', specifier: 's', referrer: 'r' },
      ModuleError,
      { code: 'ERR_ISOLET_MODULE', referrer: 'r' },
    ],
    [{ kind: 'snapshot', message: 'bad' }, SnapshotError, { message: 'bad' }],
    [{ kind: 'capacity', message: 'full', limit: 1, actual: 2 }, CapacityError, { limit: 1, actual: 2 }],
    [{ kind: 'nesting', limit: 32 }, CapacityError, { limit: 32 }],
  ])('maps %o', (record, type, properties) => {
    const error = fromRecord(record);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject(properties);
  });

  it.each<[Partial<Extract<ErrorRecord, { kind: 'transfer' }>>, string]>([
    [
      { reason: 'unsupported', message: 'symbol', path: 'a[0]' },
      "A value of type symbol can't cross between host and guest (at a[0]).",
    ],
    [
      { reason: 'depth', limit: 2, actual: 3 },
      "The value is nested too deep to cross: 3 levels, the limit is 2. Flatten it, or raise 'maxTransferDepth'.",
    ],
    [
      { reason: 'bytes', limit: 32, actual: 64, path: 'x' },
      "The value is too large to cross: it takes at least 64 bytes where it arrives, the limit is 32 (at x). Send less at a time, or raise 'maxTransferBytes'.",
    ],
    [{ reason: 'handles', limit: 10, actual: 11 }, 'The value has more than 10 functions, promises and streams.'],
    [{ limit: 32, actual: 64 }, 'The value is over a transfer limit: 64, the limit is 32.'],
    [{ message: 'The function was released.' }, 'The function was released.'],
    [{ message: 'Bad value at a.b', path: 'a.b' }, 'Bad value at a.b.'],
  ])('explains a failed transfer: %o', (record, message) => {
    expect(fromRecord({ kind: 'transfer', message: '', path: '', ...record }).message).toBe(message);
  });

  it('maps an abort to an AbortError', () => {
    expect(fromRecord({ kind: 'aborted' })).toMatchObject({ name: 'AbortError' });
  });
});
