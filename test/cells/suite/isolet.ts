/** The package for tests that run a second time with every guest in a cell: what they make is made there. */
import {
  type Cell,
  createCell,
  type PlatformApi,
  type PoolOptions,
  Runtime as RuntimeHere,
  type RuntimeOptions,
  RuntimePool as RuntimePoolHere,
  type ServerlessOptions,
  ServerlessRuntime as ServerlessRuntimeHere,
} from '../../../lib/index.ts';

export * from '../../../lib/index.ts';

let cell: Cell | undefined;

/** A cell for what a test is about to make: the last one, unless that has ended. */
export async function readyCell(): Promise<void> {
  if (cell && !cell.closed) return;
  cell = await createCell({ maxMemory: 2 * 1024 ** 3 });
}

export async function endCell(): Promise<void> {
  await cell?.close();
  cell = undefined;
}

function here(): Cell {
  if (!cell) throw new Error('A runtime was asked for outside of tests and hooks: no cell is ready yet');
  return cell;
}

export type Runtime = RuntimeHere;
export const Runtime: typeof RuntimeHere = new Proxy(RuntimeHere, {
  construct: (_target, [options]: [RuntimeOptions?]) => here().createRuntimeSync(options),
  get: (target, key, receiver) =>
    key === 'create'
      ? (options?: RuntimeOptions) => here().createRuntime(options)
      : (Reflect.get(target, key, receiver) as unknown),
});

/** Each test makes a pool of its own: a spare cell would be made for nothing. */
const isolation = { mode: 'process', spareCells: 0 } as const;

/** What is no options stays as it is, and is refused as ever. */
function withIsolation<T extends object>(options: T | undefined): T {
  return (options === undefined || typeof options === 'object' ? { isolation, ...options } : options) as T;
}

export type RuntimePool<Inputs = unknown> = RuntimePoolHere<Inputs>;
export const RuntimePool: typeof RuntimePoolHere = new Proxy(RuntimePoolHere, {
  construct: (target, [api, options]: [PlatformApi, PoolOptions?]) => new target(api, withIsolation(options)),
});

export type ServerlessRuntime<Inputs = unknown> = ServerlessRuntimeHere<Inputs>;
export const ServerlessRuntime: typeof ServerlessRuntimeHere = new Proxy(ServerlessRuntimeHere, {
  construct: (target, [api, options]: [PlatformApi, ServerlessOptions?]) => new target(api, withIsolation(options)),
});
