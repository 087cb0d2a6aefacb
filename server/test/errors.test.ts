import { readFileSync } from 'node:fs';
import { errorCodes, HandlerError, JavaScriptError, TimeoutError, TransferError } from 'isolet';
import { expect, it } from 'vitest';
import { libraryAnswers } from '../src/errors/library-codes.ts';
import { problemOf } from '../src/errors/problem.ts';
import { ServerError, statusOfCode } from '../src/errors/server-error.ts';

const page = readFileSync(new URL('../../docs/server/gateway.md', import.meta.url), 'utf8');

it("every code of the library's catalogue has a status, and the page says which", () => {
  expect(Object.keys(libraryAnswers).sort()).toEqual(Object.keys(errorCodes).sort());
  for (const [code, { status }] of Object.entries(libraryAnswers)) {
    expect(page, code).toMatch(new RegExp(`\\| \`${code}\` \\| [^|]*\\b${status}\\b[^|]* \\|`));
  }
});

it('every code of the server has a status, and the page says which', () => {
  for (const [code, status] of Object.entries(statusOfCode)) {
    expect(page, code).toMatch(new RegExp(`\\| \`${code}\` \\| ${status} \\|`));
    const problem = problemOf(new ServerError(code as keyof typeof statusOfCode, 'why'));
    expect(problem).toMatchObject({ status, code, detail: 'why' });
    expect(problem.title, code).not.toBe('Error');
  }
});

it('an error that nobody expected says nothing of itself', () => {
  for (const error of [
    new Error('/home/host/secret'),
    new TypeError('x'),
    'text',
    undefined,
    null,
    { code: 'EACCES' },
  ]) {
    const problem = problemOf(error);
    expect(problem).toMatchObject({ status: 500, code: 'ERR_ISOLET_SERVER_INTERNAL' });
    expect(JSON.stringify(problem)).not.toContain('secret');
  }
});

it('a guest can not choose how it is answered', () => {
  const thrown = Object.assign(new JavaScriptError({ name: 'E', message: 'm', stack: 'E: m\n at secret.js' }), {
    status: 200,
    retryAfter: 1,
  });
  expect(problemOf(thrown)).toEqual({
    type: 'urn:isolet:error:ERR_ISOLET_JAVASCRIPT',
    title: 'Bad Gateway',
    status: 502,
    detail: 'm',
    code: 'ERR_ISOLET_JAVASCRIPT',
    error: { name: 'E', message: 'm' },
  });
});

it('the same code may be the fault of another one', () => {
  const statusOf = (error: unknown): number => problemOf(error).status;
  const timeout = (phase: 'queued' | 'sync') => new TimeoutError({ kind: 'wall', limit: 5, phase });
  expect([statusOf(timeout('queued')), statusOf(timeout('sync'))]).toEqual([503, 504]);
  expect(problemOf(timeout('queued'))).toMatchObject({ retryable: true, retryAfter: 1000, limit: 'queueTimeout' });
  const large = (path: string) => new TransferError('too large', { path, limit: 1, actual: 2 });
  expect([statusOf(large('event.body')), statusOf(large('result'))]).toEqual([413, 502]);
  const handler = (['missing', 'web', 'response', 'upgrade', 'body'] as const).map((reason) =>
    statusOf(new HandlerError('no', reason)),
  );
  expect(handler).toEqual([404, 502, 502, 501, 400]);
});
