import { expect, test } from 'vitest';
import { program } from '../exit/support.ts';

// In processes of their own: what is lost stays lost.
async function answerOf(source: string): Promise<unknown> {
  const ended = await program(
    `const { RuntimePool, ServerlessRuntime } = require('isolet');
    const attack = "() => 'x'.repeat(2 ** 28).split('').length"; // a check inside V8 that would end the process
    const code = (promise) => promise.then((value) => value, (error) => [error.code, error.limit, error.actual]);
    (async () => {${source}})().then((answer) => console.log('answer ' + JSON.stringify(answer)));`,
    { timeout: 60_000 },
  );
  expect(ended).toMatchObject({ code: 0, signal: null, hung: false, stdout: expect.stringMatching(/^answer .*$/m) });
  return JSON.parse(/^answer (.*)$/m.exec(ended.stdout)?.[1] ?? '');
}

test('a tenant that took its share of lost runtimes is refused, others are not, until it is forgiven', async () => {
  const answer = await answerOf(`
    const pool = new RuntimePool({}, { maxLostPerTenant: 2, stock: 0 });
    const fn = (tenantId, name, code) => ({ tenantId, name, code, timeout: 50_000 });
    const seen = [];
    pool.on('fatal', ({ tenantId, message }) => seen.push('fatal ' + tenantId + ': ' + message));
    pool.on('lost', ({ tenantId }) => seen.push('lost ' + tenantId));
    pool.on('refused', ({ tenantId, functionName }) => seen.push('refused ' + tenantId + ' ' + functionName));
    await code(pool.invoke(fn('evil', 'one', attack)));
    const between = await code(pool.invoke(fn('evil', 'good', '() => 1')));
    await code(pool.invoke(fn('evil', 'two', attack)));
    const after = [
      await code(pool.invoke(fn('evil', 'good', '() => 1'))),
      await code(pool.prewarm(fn('evil', 'other', '() => 1'))),
      await code(pool.invoke(fn('acme', 'good', '() => 2'))),
    ];
    const { lost, refused, queued } = pool.stats();
    const forgiven = pool.forgive('evil');
    const again = await code(pool.invoke(fn('evil', 'good', '() => 1')));
    await pool.close();
    return { between, after, lost, refused, queued, forgiven, again, seen };`);
  const fatal = 'fatal evil: V8 stopped itself on a failed check';
  const refused = ['ERR_ISOLET_CAPACITY', 2, 2];
  expect(answer).toEqual({
    between: 1,
    after: [refused, refused, 2],
    lost: { evil: 2 },
    refused: 1,
    queued: 0,
    forgiven: 2,
    again: 1,
    seen: [fatal, 'lost evil', fatal, 'lost evil', 'refused evil good'],
  });
});

test('what waits when the last one is lost is refused as well', async () => {
  const answer = await answerOf(`
    const serverless = new ServerlessRuntime({}, { pool: { maxLostPerTenant: 1, stock: 0, queueTimeout: 50_000 } });
    const one = { maxRuntimes: 1, concurrencyPerRuntime: 1, timeout: 50_000 };
    await serverless.deploy({ tenantId: 'evil', name: 'f', code: attack, ...one });
    const all = await Promise.all([1, 2, 3].map(() => code(serverless.invoke('evil', 'f'))));
    const { pool } = serverless.stats();
    const forgiven = serverless.forgive('evil');
    await serverless.cleanup();
    return { all: all.map(([name]) => name), lost: pool.lost, forgiven };`);
  expect(answer).toEqual({
    all: ['ERR_ISOLET_TERMINATED', 'ERR_ISOLET_CAPACITY', 'ERR_ISOLET_CAPACITY'],
    lost: { evil: 1 },
    forgiven: 1,
  });
});
