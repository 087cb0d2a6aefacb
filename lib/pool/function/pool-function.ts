/**
 * What a pool needs to know about a function. `FunctionSpec` of the serverless layer is a superset.
 */
export interface PoolFunction {
  /** Whose function it is. Nothing of one tenant reaches another. */
  tenantId: string;
  /** Its name, one of the tenant's. */
  name: string;
  /**
   * A function expression, `async (event, context) => …`, or an ES or CommonJS module that loads no others and exports
   * such a function. An object with a method `default`, `handler` or `fetch` will do for a function. The methods of an
   * object that an ES module exports as its default are handlers: `fetch`, `scheduled` and any others take `(input, env, ctx)`.
   */
  code: string;
  /** Heap limit of each runtime in MiB. Default 5; 8 for a function with the web's APIs (see `web`), which take some of it. */
  memoryMb?: number | undefined;
  /** Wall-clock limit of one invocation in ms, waiting for a runtime not included. Default 5000. */
  timeout?: number | undefined;
  /** Limit on processor time of one invocation in ms. Default 0: only `timeout` applies. */
  cpuTimeout?: number | undefined;
  /**
   * Wall-clock limit in ms on loading: evaluating `code`, once in each runtime, up to the function it stands for. Default:
   * the pool's `loadTimeout`.
   */
  loadTimeout?: number | undefined;
  /** Limit on the processor time of loading in ms. Default 0: only `loadTimeout` applies. */
  loadCpuTimeout?: number | undefined;
  /**
   * How long, in ms from the answer on, an invocation may go on with the streams and promises in it. Reading a stream once,
   * or calling a function that was handed out, must not take longer than `timeout`. Default 60000.
   */
  streamTimeout?: number | undefined;
  /** Limit on the processor time of all that in ms; 0 is none. Default: `cpuTimeout`. */
  streamCpuTimeout?: number | undefined;
  /** Wall-clock limit in ms on what one invocation gives to `context.waitUntil`, from its answer on. Default 5000. */
  lateTimeout?: number | undefined;
  /** Limit in ms on the processor time of that. Default 0: only `lateTimeout` applies. */
  lateCpuTimeout?: number | undefined;
  /**
   * The web's APIs in its runtimes, with the settings of the pool's option `web`. Default: what the pool's option says;
   * where that says nothing, true if `code` is an ES module whose default export is an object with handlers.
   */
  web?: boolean | undefined;
  /** Names this code; another version gets runtimes of its own. Default: a hash of `code` and its settings. */
  version?: string | undefined;
  /** What the guest finds in `context.env`. */
  env?: Readonly<Record<string, string>> | undefined;
  /**
   * Joined to `env` for the guest; never part of lists, logs or errors, where `[redacted]` stands for a value. Values of
   * fewer than 4 characters are not looked for: they would be found by chance. The serverless layer refuses them.
   */
  secrets?: Readonly<Record<string, string>> | undefined;
  /** Names of platform APIs the function may use (`kv` covers `kv.get`). Default: all. */
  apis?: readonly string[] | undefined;
  /** Invocations of this function that may run at once, over all its runtimes and versions. Default: no limit of its own. */
  concurrency?: number | undefined;
  /** Invocations that may run at once in one runtime; they interleave at their awaits. Default 16. */
  concurrencyPerRuntime?: number | undefined;
  /** Runtimes this function may have at once, over all its versions. Default 4. */
  maxRuntimes?: number | undefined;
  /** `'fresh'` gives every invocation an unused isolate. Default `'warm'`. */
  reuse?: 'warm' | 'fresh' | undefined;
  /** Calls to platform APIs that one invocation may make, and as many that loading may make. Default: no limit. */
  maxHostCalls?: number | undefined;
  /** Bytes of log text kept for one invocation, or for one load. Default 16384. */
  maxLogBytes?: number | undefined;
}
