import type { TimeoutPhase } from 'isolet';
import * as isolet from 'isolet';
import { describe, expect, it } from 'vitest';

const {
  CapacityError,
  CellError,
  DeadlockError,
  DependencyError,
  EgressError,
  errorCodes,
  FunctionNotFoundError,
  HandlerError,
  HeapLimitError,
  InvalidArgRangeError,
  InvalidArgTypeError,
  IsoletError,
  JavaScriptError,
  ModuleError,
  PlatformError,
  RateLimitError,
  RuntimeClosedError,
  RuntimeTerminatedError,
  SnapshotError,
  SupersededError,
  TimeoutError,
  TransferError,
  ValidationError,
  VersionNotFoundError,
} = isolet;

/** One error of every class, in the shape its public constructor makes. */
const samples = {
  JavaScriptError: new JavaScriptError({
    name: 'RangeError',
    message: 'boom',
    stack: 'RangeError: boom\n    at <eval>',
  }),
  TimeoutError: new TimeoutError({ kind: 'wall', limit: 50, phase: 'sync' }),
  RuntimeTerminatedError: new RuntimeTerminatedError('host request'),
  HeapLimitError: new HeapLimitError({ limit: 8 * 1024 * 1024, used: 8.5 * 1024 * 1024 }),
  RuntimeClosedError: new RuntimeClosedError(),
  TransferError: new TransferError('too deep', { path: 'result.a', limit: 2, actual: 3 }),
  ModuleError: new ModuleError('cannot link', { specifier: './a.js', referrer: 'main.js' }),
  SnapshotError: new SnapshotError('damaged'),
  DeadlockError: new DeadlockError('it would wait for itself'),
  CapacityError: new CapacityError('too many', { limit: 10, actual: 10 }),
  CellError: new CellError('the process is gone', { reason: 'ended' }),
  ValidationError: new ValidationError('bad code', [
    { message: 'Unexpected token', path: ['code'], line: 2, column: 5 },
  ]),
  FunctionNotFoundError: new FunctionNotFoundError('tenant-a', 'hook'),
  VersionNotFoundError: new VersionNotFoundError('tenant-a', 'hook', { version: 'v7' }),
  HandlerError: new HandlerError('no fetch', 'missing'),
  SupersededError: new SupersededError('it was replaced', 'replaced'),
  RateLimitError: new RateLimitError('slow down', 250),
  DependencyError: new DependencyError('egress()', ['undici'], ['undici@7']),
  PlatformError: new PlatformError('the store is down', 'rateLimiter', { cause: new Error('ECONNREFUSED') }),
};

describe('error classes', () => {
  it('every code of the catalogue belongs to a class, and every class has a code of the catalogue', () => {
    const notFound = new ModuleError('no such module', { specifier: 'x', notFound: true });
    const invalid = new InvalidArgTypeError('bad', 'timeout', 'x');
    const refused = new EgressError('deny', 'refused', 'https://a.test/');
    const used = new Set([...Object.values(samples), notFound, invalid, refused].map((error) => error.code));
    expect([...used].sort()).toEqual(Object.keys(errorCodes).sort());
  });

  it('every code is explained by one sentence', () => {
    for (const [code, sentence] of Object.entries(errorCodes)) {
      expect(code).toMatch(/^ERR_ISOLET_[A-Z_]+$/);
      expect(sentence).toMatch(/^[A-Z].{20,}\.$/);
    }
  });

  it.each(Object.entries(samples))('%s is an IsoletError with a name, a stack and a message', (name, error) => {
    expect(error).toBeInstanceOf(IsoletError);
    expect(error).toBeInstanceOf(Error);
    expect(error.constructor.name).toBe(name);
    expect(error.name).toBe(name === 'JavaScriptError' ? 'RangeError' : name);
    expect(error.stack?.split('\n')[0]).toContain(error.message);
    expect(error.stack).toMatch(new RegExp(`^${error.name}: `));
  });

  it('every class is exported under its name', () => {
    const exported = isolet as unknown as Record<string, unknown>;
    for (const [name, error] of Object.entries(samples)) expect(exported[name]).toBe(error.constructor);
  });

  it('instanceof tells classes apart', () => {
    for (const [name, error] of Object.entries(samples)) {
      for (const [otherName, other] of Object.entries(samples)) {
        const parent = name === 'HeapLimitError' && otherName === 'RuntimeTerminatedError';
        const type = other.constructor as new () => Error;
        expect(error instanceof type, `${name} instanceof ${otherName}`).toBe(name === otherName || parent);
      }
    }
    for (const value of [null, undefined, 1, 'x', {}, new Error('x'), Object.create(null)]) {
      expect(value instanceof IsoletError).toBe(false);
    }
  });

  it('instanceof of a subclass made by a user is the ordinary one', () => {
    class Mine extends TimeoutError {}
    const mine = new Mine({ kind: 'cpu', limit: 1, phase: 'sync' });
    expect(mine).toBeInstanceOf(Mine);
    expect(mine).toBeInstanceOf(TimeoutError);
    expect(samples.TimeoutError instanceof Mine).toBe(false);
  });

  it('every error says whether a retry can help', () => {
    const yes = Object.entries(samples).filter(([, error]) => error.retryable);
    expect(yes.map(([name]) => name)).toEqual([
      'CapacityError',
      'CellError',
      'SupersededError',
      'RateLimitError',
      'PlatformError',
    ]);
    const timeout = (phase: TimeoutPhase) => new TimeoutError({ kind: 'wall', limit: 50, phase }).retryable;
    expect(timeout('queued')).toBe(true);
    for (const phase of ['sync', 'pending', 'host'] as const) expect(timeout(phase), phase).toBe(false);
    expect(new RuntimeTerminatedError('call dropped').retryable).toBe(true);
    expect(new CellError('no such layer', { reason: 'wall' }).retryable).toBe(false);
    expect(new SupersededError('it is gone', 'undeployed').retryable).toBe(false);
    expect(new CapacityError('too deep', { limit: 1, actual: 2, retryable: false }).retryable).toBe(false);
    expect(new PlatformError('no such tier', 'tenantTier', { retryable: false }).retryable).toBe(false);
    expect(new InvalidArgTypeError('bad', 'timeout', 'x').retryable).toBe(false);
    expect(new InvalidArgRangeError('bad', 'timeout', -1).retryable).toBe(false);
    for (const error of Object.values(samples)) expect(Object.keys(error)).not.toContain('retryable');
  });

  it('invalid-argument errors are a TypeError and a RangeError with code, option and value', () => {
    const value = { deep: true };
    const type = new InvalidArgTypeError('bad', 'timeout', value);
    expect(type).toBeInstanceOf(TypeError);
    expect(type.name).toBe('TypeError');
    expect(type).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', option: 'timeout' });
    expect(type.value).toBe(value);
    expect(Object.keys(type)).not.toContain('value');
    const range = new InvalidArgRangeError('bad', 'timeout', -1);
    expect(range).toBeInstanceOf(RangeError);
    expect(range).not.toBeInstanceOf(InvalidArgTypeError);
    expect(range).toMatchObject({ name: 'RangeError', option: 'timeout', code: 'ERR_ISOLET_INVALID_ARG' });
  });
});

describe('messages', () => {
  it.each([
    ['queued', 'waiting for its turn'],
    ['sync', 'still running'],
    ['pending', 'pending'],
    ['host', 'host function'],
  ] as const)('a timeout in phase %s says so, with the limit and the option', (phase, text) => {
    const error = new TimeoutError({ kind: 'wall', limit: 50, phase });
    expect(error.message).toContain('timed out after 50 ms');
    expect(error.message).toContain(text);
    expect(error.message).toContain("'timeout'");
  });

  it('a CPU timeout names its own option', () => {
    const { message } = new TimeoutError({ kind: 'cpu', limit: 20, phase: 'sync' });
    expect(message).toContain('20 ms of CPU time');
    expect(message).toContain("'cpuTimeout'");
  });

  it('a heap limit says limit, need and what to do', () => {
    const { message, reason } = samples.HeapLimitError;
    expect(message).toContain('heap limit of 8 MiB (it needed 8.5 MiB)');
    expect(message).toContain("'maxHeapSize'");
    expect(reason).toBe('heap limit');
  });

  it('a termination says its reason', () => {
    expect(new RuntimeTerminatedError('host request').message).toContain('host request');
  });
});
