import { memoryOf, processesOf } from './observe.mjs';

/**
 * The library for a program whose guests are in a cell: what it makes is made there. Its process may take `maxMemory`
 * bytes beyond what it had when it was sealed.
 */
export class CellHost {
  #cell;
  isolet;

  static async start(isolet, maxMemory) {
    return new CellHost(isolet, await isolet.createCell({ maxMemory }));
  }

  constructor(isolet, cell) {
    this.#cell = cell;
    const { Runtime, ServerlessRuntime } = isolet;
    this.isolet = {
      ...isolet,
      Runtime: new Proxy(Runtime, {
        construct: (_target, [options]) => cell.createRuntimeSync(options),
        get: (target, key, receiver) =>
          key === 'create' ? (options) => cell.createRuntime(options) : Reflect.get(target, key, receiver),
      }),
      ServerlessRuntime: new Proxy(ServerlessRuntime, {
        construct: (target, [api, options = {}]) => new target(api, { isolation: 'process', ...options }),
      }),
    };
  }

  /** Its processes, with what they have resident. */
  processes() {
    return processesOf(this.#cell.pid).map((pid) => ({ pid, rss: memoryOf(pid).rss }));
  }

  close() {
    return this.#cell.close();
  }
}
