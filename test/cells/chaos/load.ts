import { setTimeout as sleep } from 'node:timers/promises';
import { IsoletError, RuntimePool } from 'isolet';
import { spawnersOf } from '../processes.ts';
import { within } from './settled.ts';

export interface LoadOptions {
  seconds: number;
  /** Milliseconds between two. Default 300. */
  harmEvery?: number;
  /** Whether the process that starts cells is killed too, now and then. Default true. */
  spawners?: boolean;
}

/** How often what happened: outcomes by function, and what was done to cells. */
export type Counts = Record<string, number>;

const tenants = ['ann', 'bob', 'cy'];

/** What each of a tenant's functions may end with beside its answer, wherever its cell may just have died. */
const mayFail = ['ERR_ISOLET_CELL', 'ERR_ISOLET_CAPACITY', 'ERR_ISOLET_TERMINATED', 'ERR_ISOLET_TIMEOUT'];

const functions = {
  quick: { code: (tenant: string) => `(n) => ({ n, tenant: ${JSON.stringify(tenant)} })`, fails: mayFail },
  asks: {
    code: (tenant: string) => `async (n) => ({ n: await half(2 * n), tenant: ${JSON.stringify(tenant)} })`,
    fails: mayFail,
  },
  eats: {
    code: () => '() => { const all = []; for (;;) all.push(new Array(1000).fill(1.5)); }',
    fails: [...mayFail, 'ERR_ISOLET_HEAP_LIMIT'],
  },
  loops: { code: () => '() => { for (;;); }', fails: mayFail },
} as const;
type Name = keyof typeof functions;

const harms: NodeJS.Signals[] = ['SIGKILL', 'SIGABRT', 'SIGSTOP', 'SIGKILL', 'SIGSTOP'];

/**
 * Tenants whose functions answer, ask, eat memory and loop, in cells that are killed, stopped and aborted meanwhile.
 *
 * @throws if an answer is another's, an error is of a kind that nothing here makes, anything never ends, or a process is
 * left
 */
export async function runLoad({ seconds, harmEvery = 300, spawners = true }: LoadOptions): Promise<Counts> {
  const counts: Counts = {};
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const pool = new RuntimePool(
    { half: async (n: number) => n / 2 },
    { isolation: { maxCells: tenants.length, spareCells: 1 }, maxConcurrency: 4 },
  );
  pool.on('cellExit', ({ reason, signal }) => count(`exit ${reason} ${signal ?? ''}`.trim()));
  const end = performance.now() + seconds * 1000;

  async function invoke(tenantId: string, name: Name, n: number): Promise<void> {
    const { code, fails } = functions[name];
    const spec = { tenantId, name, code: code(tenantId), timeout: name === 'loops' ? 200 : 5000 };
    try {
      const answer = (await within(`${tenantId}:${name}`, pool.invoke(spec, n))) as { n: number; tenant: string };
      if (answer.n !== n || answer.tenant !== tenantId) throw new Error(`${tenantId} got ${JSON.stringify(answer)}`);
      count(`${name} answered`);
    } catch (error) {
      const code = error instanceof IsoletError ? error.code : '';
      if (!(fails as readonly string[]).includes(code)) throw error;
      count(`${name} ${code}`);
      // A tenant whose cells die is made to wait for the next one.
      await sleep(50);
    }
  }

  async function caller(tenantId: string, name: Name): Promise<void> {
    for (let n = 0; performance.now() < end; n++) await invoke(tenantId, name, n);
  }

  async function harm(): Promise<void> {
    for (let i = 0; performance.now() < end; i++) {
      await sleep(harmEvery);
      const cells = pool.stats().cells?.list.filter(({ pid }) => pid > 0) ?? [];
      const cell = cells[i % Math.max(cells.length, 1)];
      const signal = harms[i % harms.length] ?? 'SIGKILL';
      if (cell && send(cell.pid, signal)) count(`sent ${signal}`);
      if (spawners && i % 50 === 49) for (const pid of spawnersOf(process.pid)) send(pid, 'SIGKILL');
    }
  }

  const callers = tenants.flatMap((tenant) => [
    caller(tenant, 'quick'),
    caller(tenant, 'asks'),
    ...(tenant === 'ann' ? [] : [caller(tenant, tenant === 'bob' ? 'loops' : 'eats')]),
  ]);
  await Promise.all([...callers, harm()]);
  // All serve again when nobody harms them.
  for (const tenant of tenants) {
    await within(`${tenant} at the end`, served(pool, tenant));
  }
  await within('the end of the pool', pool.close());
  return counts;
}

async function served(pool: RuntimePool, tenantId: string): Promise<void> {
  for (;;) {
    try {
      await pool.invoke({ tenantId, name: 'quick', code: functions.quick.code(tenantId) }, 1);
      return;
    } catch (error) {
      if (!(error instanceof IsoletError && error.retryable)) throw error;
      await sleep(200);
    }
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // It was quicker.
    return false;
  }
}
