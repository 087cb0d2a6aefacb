import { inspect } from 'node:util';
import { expect, test, vi } from 'vitest';
import { fn, usePools } from './support.ts';

const makePool = usePools();
const secrets = { TOKEN: 'tok_abcdef123', SCHEME: 'https' };
const failure = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

class Session {
  baseURL = 'https://api';
  headers: Record<string, string> = { authorization: 'tok_abcdef123' };
  seen = new Map<unknown, unknown>([['tok_abcdef123', new Set(['tok_abcdef123'])]]);
  list = ['tok_abcdef123'];
  self = this;
}

/** Fails with this error, whatever the guest gives it. */
const failing = (error: unknown) => makePool({ http: async () => Promise.reject(error) });
const calling = fn('(event, { env }) => http(env.TOKEN)', { secrets });

test('what an error of the platform refers to is never written to, and the secret is not in what the invocation fails with', async () => {
  const session = new Session();
  const config = { ...session, nested: { session, frozen: Object.freeze({ token: 'tok_abcdef123' }) } };
  const thrown = Object.assign(new TypeError('401 of https://api: tok_abcdef123'), {
    status: 401,
    config,
    session,
    details: { code: 7 },
  });
  const before = inspect(thrown, { depth: 9, showHidden: true });
  const error = await failure(failing(thrown).invoke(calling));
  expect(inspect(thrown, { depth: 9, showHidden: true })).toBe(before);
  expect(config.headers).toBe(session.headers);
  const shown = inspect(error, { depth: 9, showHidden: true });
  expect(shown).not.toMatch(/tok_abcdef123|https/);
  expect(error.cause).toBeInstanceOf(TypeError);
  expect(error.cause).toMatchObject({
    message: '401 of [redacted]://api: [redacted]',
    status: 401,
    session: '[Session]',
    details: { code: 7 },
    config: { baseURL: '[redacted]://api', nested: { session: '[Session]', frozen: { token: '[redacted]' } } },
  });
  expect(error.thrown).toBe(error.cause);
  // What had no secret in it is what it was.
  expect(error.cause.details).toBe(thrown.details);
});

test('an error of the platform without a secret passes as it is', async () => {
  const thrown = Object.assign(new RangeError('no'), { details: { code: 7 }, at: new Date(0) });
  const error = await failure(failing(thrown).invoke(calling));
  expect(error.cause).toBe(thrown);
  expect(error.thrown).toBe(thrown);
});

test('without secrets nothing is looked at', async () => {
  const session = new Session();
  const thrown = Object.assign(new Error('https'), { session });
  const error = await failure(failing(thrown).invoke(fn('() => http()')));
  expect(error.cause).toBe(thrown);
});

test('no code of the platform runs: accessors and proxies are left out', async () => {
  const read = vi.fn(() => 'tok_abcdef123');
  const traps: PropertyKey[] = [];
  const handler = new Proxy({}, { get: (_, name) => void traps.push(name) });
  const details = Object.defineProperty({ token: 'tok_abcdef123' }, 'lazy', { get: read, enumerable: true });
  const thrown = new Error('401');
  const pool = makePool({
    http: async () => {
      throw thrown;
    },
    // After the error has gone into the guest, which reads what crosses.
    arm: () => {
      Object.assign(thrown, { details, proxy: new Proxy({}, handler) });
      Object.defineProperty(thrown, 'lazy', { get: read });
    },
  });
  const spec = fn('(event, { env }) => http().catch((error) => { arm(); throw error; })', { secrets });
  const error = await failure(pool.invoke(spec));
  // Comparing with `thrown` would look into it.
  expect(error.cause === thrown).toBe(false);
  expect(error.cause.details).toEqual({ token: '[redacted]' });
  expect(error.cause.proxy).toBe('[Proxy]');
  expect(read).not.toHaveBeenCalled();
  expect(traps).toEqual([]);
});

test('a DOMException, an AggregateError and errors that are frozen are copied too', async () => {
  const dom = new DOMException('of tok_abcdef123', 'TimeoutError');
  const thrown = Object.freeze(new AggregateError([dom, Object.freeze(new Error('tok_abcdef123'))], 'https'));
  const error = await failure(failing(thrown).invoke(calling));
  expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/tok_abcdef123|https/);
  const [first, second] = error.cause.errors;
  expect(first).toBeInstanceOf(DOMException);
  expect(first).toMatchObject({ name: 'TimeoutError', message: 'of [redacted]', code: 23 });
  expect(second.message).toBe('[redacted]');
  expect(dom.message).toBe('of tok_abcdef123');
});

test('of a failure that goes on and on as much is looked at as fits, the rest is not shown', async () => {
  const huge = Array.from({ length: 300_000 }, (_, i) => ({ i }));
  let long: object = { token: 'tok_abcdef123' };
  for (let i = 0; i < 150_000; i++) long = { long };
  const thrown = new Error('x');
  const pool = makePool({
    http: async () => {
      throw thrown;
    },
    arm: () =>
      void Object.assign(thrown, { code: 'E_UPSTREAM', huge, long, text: `${'ab'.repeat(2_000_000)}tok_abcdef123` }),
  });
  const spec = fn('(event, { env }) => http().catch((error) => { arm(); throw error; })', { secrets });
  const error = await failure(pool.invoke(spec));
  expect(error.cause.code).toBe('E_UPSTREAM');
  expect(error.cause.huge).toBe('[Array]');
  expect(error.cause.text.length).toBeLessThan(2_000_000);
  let depth = 0;
  for (let at = error.cause.long; typeof at === 'object'; at = at.long) depth++;
  expect(depth).toBeLessThan(150_000);
});
