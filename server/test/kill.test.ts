import { expect, it } from 'vitest';
import { dataFolder, ServerProcess } from './server-process.ts';

/** A value for each thing that is written, and what it may be after a kill that nobody was told about. */
class Expected {
  /** The last that was acknowledged; `undefined`: that it is gone. */
  #kept: number | undefined;
  /** Asked for since, not answered. */
  #open: (number | undefined)[] = [];

  asked(value: number | undefined): void {
    this.#open.push(value);
  }

  acknowledged(value: number | undefined): void {
    this.#kept = value;
    this.#open = [];
  }

  /** Takes what is there for the truth. */
  check(found: number | undefined, what: string): void {
    expect([this.#kept, ...this.#open], what).toContain(found);
    this.acknowledged(found);
  }
}

const functions = ['a', 'b', 'c', 'd'];
/** Puts a number, or answers the one that is there. */
const keeper = `async (event, { env }) => {
  if (!event) return (await env.KV.get('n')) ?? null;
  await env.KV.put('n', String(event));
}`;
const path = (name: string) => `/v1/tenants/acme/functions/${name}`;

/** Writes one thing again and again until the process is gone. */
async function writeUntilKilled(write: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await write();
    } catch (error) {
      // The connection broke: the process is gone.
      if (error instanceof TypeError && /fetch failed|terminated/.test(error.message)) return;
      throw error;
    }
  }
}

it('what was acknowledged is there after kill -9, and what was undeployed stays away', async () => {
  await using folder = await dataFolder();
  const expected = new Map([...functions, 'secret', 'key'].map((name) => [name, new Expected()] as const));
  const of = (name: string) => expected.get(name) as Expected;
  let counter = 1000;
  const next = () => ++counter;

  for (let round = 0; round < 5; round++) {
    await using server = await ServerProcess.start(folder.path);
    expect((await server.ask('PUT', '/v1/tenants/acme')).status).toBeLessThan(300);
    await server.ask('PUT', path('reader'), { code: '(event, context) => context.env.N ?? null' });
    const shown = await server.ask('POST', `${path('reader')}/invoke`);
    of('secret').check(shown.body === null ? undefined : Number(shown.body), 'the secret');
    await server.ask('PUT', path('keeper'), { code: keeper });
    const kept = await server.ask('POST', `${path('keeper')}/invoke`);
    of('key').check(kept.body === null ? undefined : Number(kept.body), 'the key');
    for (const name of functions) {
      const { status, body } = await server.ask('POST', `${path(name)}/invoke`);
      expect([200, 404]).toContain(status);
      of(name).check(status === 404 ? undefined : body, `function ${name} in round ${round}`);
    }

    // The kill comes right after an answer, whichever that is, while the others are under way.
    let left = 1 + Math.floor(Math.random() * 25);
    const onAnswer = () => {
      if (--left === 0) server.child.kill('SIGKILL');
    };
    const deploy = (name: string) => async () => {
      const n = next();
      const remove = n % 5 === 0;
      of(name).asked(remove ? undefined : n);
      const { status } = remove
        ? await server.ask('DELETE', path(name))
        : await server.ask('PUT', path(name), { code: `() => ${n}` });
      expect(remove ? [204, 404] : [200, 201]).toContain(status);
      of(name).acknowledged(remove ? undefined : n);
      onAnswer();
      // From here on only this runs.
      const run = await server.ask('POST', `${path(name)}/invoke`);
      expect(run.status === 200 ? run.body : run.status).toBe(remove ? 404 : n);
    };
    const rotate = async () => {
      const n = next();
      of('secret').asked(n);
      expect((await server.ask('PUT', '/v1/tenants/acme/secrets/N', { value: String(n) })).status).toBe(200);
      of('secret').acknowledged(n);
      onAnswer();
    };
    const put = async () => {
      const n = next();
      of('key').asked(n);
      expect((await server.ask('POST', `${path('keeper')}/invoke`, n)).status).toBe(200);
      of('key').acknowledged(n);
      onAnswer();
    };
    await Promise.all([...functions.map(deploy), rotate, put].map(writeUntilKilled));
    expect(await server.end('SIGKILL')).toBe('SIGKILL');
  }
});

it('invocations that were accepted are run after kill -9, each to its own end', async () => {
  await using folder = await dataFolder();
  const accepted = new Map<string, number>();
  {
    await using server = await ServerProcess.start(folder.path);
    await server.ask('PUT', '/v1/tenants/acme');
    const code = '(event) => { if (event.n % 4 === 0) throw new Error("no " + event.n); return event.n; }';
    expect((await server.ask('PUT', path('a'), { code })).status).toBe(201);
    const killAfter = 1 + Math.floor(Math.random() * 30);
    let n = 0;
    const accept = async () => {
      const event = { n: ++n };
      const { status, body } = await server.ask('POST', `${path('a')}/invocations`, event);
      expect(status).toBe(202);
      accepted.set(body.id, event.n);
      if (accepted.size === killAfter) server.child.kill('SIGKILL');
    };
    await Promise.all([accept, accept, accept, accept].map(writeUntilKilled));
    await server.end('SIGKILL');
  }
  await using again = await ServerProcess.start(folder.path);
  for (const [id, n] of accepted) {
    const read = async () => (await again.ask('GET', `${path('a')}/invocations/${id}`)).body;
    await expect.poll(async () => (await read()).status).toMatch(/^(?:done|failed)$/);
    const { status, result, error } = await read();
    if (n % 4 === 0) expect([status, error.code]).toEqual(['failed', 'ERR_ISOLET_JAVASCRIPT']);
    else expect([status, result]).toEqual(['done', n]);
  }
});
