import { type Deployment, type FunctionSpec, ServerlessRuntime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { deferred } from '../runtime/support.ts';
import { isThere, kill } from './pool-support.ts';
import { hasCells } from './support.ts';

/** One tenant's cell in some state, another tenant whose cell serves, and a gate at which the first one's call waits. */
interface Scene {
  serverless: ServerlessRuntime;
  pids: Map<string, number[]>;
  /** The invocation that is under way in that state, if one is. */
  pending: Promise<unknown> | undefined;
  open(): void;
}

const spec = (tenantId: string, code: string): FunctionSpec => ({ tenantId, name: 'f', code, timeout: 60_000 });
const waiting = "async (event) => { if (event === 'wait') await gate(); return 1; }";
const died = { status: 'rejected', reason: { code: 'ERR_ISOLET_CELL', retryable: true } };
const answered = { status: 'fulfilled', value: 1 };

/** How the cell of tenant 'acme' comes into each state. */
const states: Record<string, (scene: Scene) => Promise<void>> = {
  // The one that the deployment was tried in has ended by then.
  starting: async ({ serverless, pids }) => {
    for (const pid of pids.get('acme') ?? []) kill(pid);
    await expect.poll(() => serverless.stats().pool.cells.count).toBe(1);
  },
  idle: async ({ serverless }) => {
    expect(await serverless.invoke('acme', 'f', 'go')).toBe(1);
  },
  busy: async (scene) => {
    scene.pending = scene.serverless.invoke('acme', 'f', 'wait');
    // Looked at below; until then it may have failed.
    scene.pending.catch(() => {});
    await expect.poll(() => scene.serverless.stats().pool.active).toBe(1);
  },
  draining: async (scene) => {
    await states['busy']?.(scene);
    // A guest of the same tenant that could not be stopped.
    const attack = "() => 'x'.repeat(2 ** 28).split('').length";
    await scene.serverless.deploy({ ...spec('acme', attack), name: 'attack' });
    await scene.serverless.invoke('acme', 'attack').catch(() => {});
    await expect.poll(() => stateOf(scene, 'acme')).toEqual(['draining']);
  },
  dying: async (scene) => {
    await states['busy']?.(scene);
    for (const pid of scene.pids.get('acme') ?? []) kill(pid);
  },
  dead: async (scene) => {
    await states['dying']?.(scene);
    await expect.poll(() => stateOf(scene, 'acme')).toEqual([]);
  },
};

const stateOf = ({ serverless }: Scene, tenantId: string): string[] =>
  serverless.stats().pool.cells.list.flatMap((cell) => (cell.tenantId === tenantId ? [cell.state] : []));

/** What is done in that state, and whether the invocation that is under way may be ended by it. */
const operations: Record<string, { ends?: true; closes?: true; run(scene: Scene): Promise<unknown> }> = {
  invoke: {
    run: async ({ serverless }) => expect(await serverless.invoke('acme', 'f', 'go')).toBe(1),
  },
  restart: {
    run: async (scene) => {
      const restarting = scene.serverless.restart('acme', 'f');
      scene.open();
      await restarting;
    },
  },
  deploy: {
    run: async ({ serverless }) => {
      const next: Deployment = await serverless.deploy(spec('acme', `${waiting} // again`));
      expect(await serverless.invoke('acme', 'f', 'go', { version: next.version })).toBe(1);
    },
  },
  undeploy: {
    run: async (scene) => {
      const going = scene.serverless.undeploy('acme', 'f');
      scene.open();
      await going;
      await scene.serverless.deploy(spec('acme', waiting));
    },
  },
  cleanup: {
    closes: true,
    run: async (scene) => {
      const closing = scene.serverless.cleanup();
      scene.open();
      await closing;
    },
  },
  'cleanup at once': { ends: true, closes: true, run: ({ serverless }) => serverless.cleanup({ drain: false }) },
};

describe.skipIf(!hasCells).each(Object.entries(states))('with a cell that is %s', (state, arrange) => {
  it.each(Object.entries(operations))('%s works, and others notice nothing', async (name, operation) => {
    const gate = deferred();
    const isolation = { mode: 'process', spareCells: 0 } as const;
    const serverless = new ServerlessRuntime({ gate: () => gate.promise }, { isolation, drainTimeout: 60_000 });
    const scene: Scene = { serverless, pids: new Map(), pending: undefined, open: () => gate.resolve() };
    const exits: number[] = [];
    serverless.on('cellStart', ({ tenantId, pid }) => {
      scene.pids.set(tenantId, [...(scene.pids.get(tenantId) ?? []), pid]);
    });
    serverless.on('cellExit', ({ pid }) => exits.push(pid));
    await serverless.deploy(spec('other', waiting));
    expect(await serverless.invoke('other', 'f', 'go')).toBe(1);
    await serverless.deploy(spec('acme', waiting));
    await arrange(scene);
    const started = state === 'starting' ? [serverless.invoke('acme', 'f', 'go')] : [];
    const all = Promise.allSettled([...started, ...(scene.pending ? [scene.pending] : [])]);

    const beside = operation.closes ? undefined : serverless.invoke('other', 'f', 'go');
    await operation.run(scene).catch((error) => {
      // What goes to a cell in the moment of its end fails with it, and may be done again.
      if (state !== 'dying') throw error;
      expect(error).toMatchObject(died.reason);
      return operation.run(scene);
    });
    gate.resolve();
    if (beside) expect(await beside).toBe(1);
    const isDead = state === 'dying' || state === 'dead';
    const [outcome] = await all;
    if (outcome && isDead && !operation.ends) expect(outcome).toMatchObject(died);
    else if (outcome && operation.ends) expect(outcome).toMatchObject({ status: 'rejected' });
    else if (outcome && !(state === 'starting' && name === 'undeploy')) expect(outcome).toEqual(answered);

    if (!operation.closes) {
      expect(await serverless.invoke('acme', 'f', 'go')).toBe(1);
      expect(await serverless.invoke('other', 'f', 'go')).toBe(1);
      expect(scene.pids.get('other')).toHaveLength(1);
      await serverless.cleanup();
    }
    const { pool } = serverless.stats();
    expect(pool).toMatchObject({ runtimes: 0, active: 0, queued: 0, cells: { count: 0, starting: 0, spare: 0 } });
    const pids = [...scene.pids.values()].flat().sort();
    expect(exits.sort()).toEqual(pids);
    expect(pids.filter(isThere)).toEqual([]);
  });
});
