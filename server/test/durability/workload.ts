// Everything that a server acknowledges, written again and again until it is gone, and looked at when it is back.
import { expect } from 'vitest';
import type { ServerProcess } from '../server-process.ts';
import { Expected } from './expected.ts';

const tenant = '/v1/tenants/acme';
export const functionPath = (name: string, of = tenant) => `${of}/functions/${name}`;
const deployed = ['a', 'b', 'c'];

/** What the others are written and read with. */
export const helpers = {
  secret: '(event, context) => context.env.N ?? null',
  key: `async (event, { env }) => {
    if (event === null) return (await env.KV.get('n')) ?? null;
    if (event.gone) return env.KV.delete('n');
    await env.KV.put('n', event.n);
  }`,
  sum: `async (add, { env }) => {
    const entry = await env.KV.getEntry('sum');
    const sum = entry?.value ?? 0;
    if (!add) return sum;
    const { ok } = await env.KV.put('sum', sum + 1, { ifVersion: entry?.version ?? null });
    return ok ? sum + 1 : null;
  }`,
  rows: `async (n, { env }) => {
    const { SQL } = env;
    await SQL.query('CREATE TABLE IF NOT EXISTS two (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)');
    const put = 'INSERT INTO two VALUES (?, ?) ON CONFLICT DO UPDATE SET n = excluded.n';
    if (n === null) return (await SQL.query('SELECT n FROM two ORDER BY id')).rows.map((row) => row.n);
    await SQL.transaction(async (tx) => {
      for (const id of [1, 2]) await tx.query(put, [id, n]);
    });
  }`,
};

/** Writes one thing again and again until the process is gone. */
async function untilGone(write: () => Promise<void>): Promise<void> {
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

export const allUntilGone = (writers: readonly (() => Promise<void>)[]) => Promise.all(writers.map(untilGone));

export class Workload {
  readonly #functions = new Map(deployed.map((name) => [name, new Expected()]));
  readonly #secret = new Expected();
  readonly #key = new Expected();
  readonly #rows = new Expected();
  /** Sums that were acknowledged; each counts once. */
  readonly #sums = new Set<number>();
  #addsUnderWay = 0;
  readonly #tokens = new Map<string, Expected<string>>();
  #counter = 1000;

  /** Nothing that was acknowledged is lost, and nothing is there that nobody asked for. */
  async check(server: ServerProcess): Promise<void> {
    expect((await server.ask('PUT', tenant)).status).toBeLessThan(300);
    for (const [name, code] of Object.entries(helpers)) {
      expect((await server.ask('PUT', functionPath(name), { code })).status).toBeLessThan(300);
    }
    const read = async (name: string) => (await server.ask('POST', `${functionPath(name)}/invoke`, 'null')).body;
    const number = (value: unknown) => (value === null || value === undefined ? undefined : Number(value));
    this.#secret.check(number(await read('secret')), 'the secret');
    this.#key.check(number(await read('key')), 'the key');
    const rows: number[] = await read('rows');
    expect(new Set(rows).size, `both rows of a transaction, or none: ${rows}`).toBe(rows.length === 0 ? 0 : 1);
    this.#rows.check(rows[0], 'the rows');
    const sum: number = await read('sum');
    const last = Math.max(0, ...this.#sums);
    expect(sum, 'the sum').toBeGreaterThanOrEqual(last);
    expect(sum - last, 'what was added to the sum').toBeLessThanOrEqual(this.#addsUnderWay);
    [this.#addsUnderWay] = [0, this.#sums.add(sum)];
    for (const [name, expected] of this.#functions) {
      const { status, body } = await server.ask('POST', `${functionPath(name)}/invoke`);
      expect([200, 404]).toContain(status);
      expected.check(status === 404 ? undefined : body, `function ${name}`);
    }
    for (const [token, expected] of this.#tokens) {
      const { status } = await server.ask('GET', tenant, undefined, { authorization: `Bearer ${token}` });
      expect([200, 401]).toContain(status);
      expected.check(status === 200 ? token : undefined, 'a token');
    }
    await this.#checkNewcomer(server);
  }

  /** @param acknowledged - is called at each answer */
  writers(server: ServerProcess, acknowledged: () => void): (() => Promise<void>)[] {
    const put = (expected: Expected, write: (n: number) => Promise<number>, remove?: () => Promise<number>) => {
      return async () => {
        const n = ++this.#counter;
        const isGone = remove !== undefined && n % 5 === 0;
        expected.asked(isGone ? undefined : n);
        const status = await (isGone ? remove() : write(n));
        expect(isGone ? [200, 204, 404] : [200, 201]).toContain(status);
        expected.acknowledged(isGone ? undefined : n);
        acknowledged();
        return n;
      };
    };
    const status = async (...args: Parameters<ServerProcess['ask']>) => (await server.ask(...args)).status;
    const invoke = (name: string, event: unknown) => status('POST', `${functionPath(name)}/invoke`, event);
    const deploy = ([name, expected]: [string, Expected]) => {
      const write = put(
        expected,
        (n) => status('PUT', functionPath(name), { code: `() => ${n}` }),
        () => status('DELETE', functionPath(name)),
      );
      return async () => {
        const n = await write();
        // From here on only this runs.
        const run = await server.ask('POST', `${functionPath(name)}/invoke`);
        expect(run.status === 200 ? run.body : run.status).toBe(n % 5 === 0 ? 404 : n);
      };
    };
    const secret = `${tenant}/secrets/N`;
    const removeKey = () => invoke('key', { gone: true });
    const all = [
      put(
        this.#secret,
        (n) => status('PUT', secret, { value: String(n) }),
        () => status('DELETE', secret),
      ),
      put(this.#key, (n) => invoke('key', { n }), removeKey),
      put(this.#rows, (n) => invoke('rows', n)),
    ];
    const voids = all.map((write) => async () => void (await write()));
    const add = () => this.#add(server, acknowledged);
    const token = () => this.#makeToken(server, acknowledged);
    return [
      ...[...this.#functions].map(deploy),
      ...voids,
      add,
      add,
      token,
      () => this.#comeAndGo(server, acknowledged),
    ];
  }

  /** With the help of compare-and-set no two of them get the same sum. */
  async #add(server: ServerProcess, acknowledged: () => void): Promise<void> {
    this.#addsUnderWay++;
    const { status, body } = await server.ask('POST', `${functionPath('sum')}/invoke`, 1);
    expect(status).toBe(200);
    this.#addsUnderWay--;
    if (body === null) return;
    expect(this.#sums, 'a sum twice').not.toContain(body);
    this.#sums.add(body);
    acknowledged();
  }

  async #makeToken(server: ServerProcess, acknowledged: () => void): Promise<void> {
    const { status, body } = await server.ask('POST', `${tenant}/tokens`, {});
    expect(status).toBe(201);
    const expected = new Expected<string>();
    expected.acknowledged(body.token);
    this.#tokens.set(body.token, expected);
    acknowledged();
    if (++this.#counter % 2 === 0) return;
    expected.asked(undefined);
    expect((await server.ask('DELETE', `${tenant}/tokens/${body.id}`)).status).toBe(204);
    expected.acknowledged(undefined);
    acknowledged();
  }

  /** A tenant that is made, keeps something and goes with it. */
  async #comeAndGo(server: ServerProcess, acknowledged: () => void): Promise<void> {
    const brief = '/v1/tenants/brief';
    expect((await server.ask('PUT', brief)).status).toBeLessThan(300);
    for (const name of ['key', 'rows'] as const) {
      expect((await server.ask('PUT', functionPath(name, brief), { code: helpers[name] })).status).toBeLessThan(300);
    }
    expect((await server.ask('POST', `${functionPath('key', brief)}/invoke`, { n: 1 })).status).toBe(200);
    expect((await server.ask('POST', `${functionPath('rows', brief)}/invoke`, 1)).status).toBe(200);
    acknowledged();
    expect((await server.ask('DELETE', brief)).status).toBe(204);
    acknowledged();
  }

  /** Whoever gets a name that somebody had before finds nothing of theirs, whenever the end came. */
  async #checkNewcomer(server: ServerProcess): Promise<void> {
    const brief = '/v1/tenants/brief';
    if ((await server.ask('PUT', brief)).status === 200) return void (await server.ask('DELETE', brief));
    for (const name of ['key', 'rows'] as const) {
      expect((await server.ask('PUT', functionPath(name, brief), { code: helpers[name] })).status).toBe(201);
      const found = (await server.ask('POST', `${functionPath(name, brief)}/invoke`, 'null')).body;
      expect(found ?? [], `what the tenant before had in ${name}`).toEqual([]);
    }
    expect((await server.ask('DELETE', brief)).status).toBe(204);
  }
}

/** Ends the process right after one of its answers, whichever that is, while others are under way. */
export function killAfterSome(server: ServerProcess, most = 40): () => void {
  let left = 1 + Math.floor(Math.random() * most);
  return () => {
    if (--left === 0) server.child.kill('SIGKILL');
  };
}
