import { RuntimeClosedError } from '../errors/limit-errors.ts';
import type { NativeSnapshotOptions } from '../native.ts';
import { checkMilliseconds, checkName, checkOptions, checkString } from '../options/check.ts';
import { checkMaxTimers, checkStreams } from '../options/check-runtime-options.ts';
import { checkMaxHeapSize } from '../options/heap-size.ts';
import { checkWeb, checkWebNeeds, type WebOptions } from '../options/web.ts';
import { nodeMajor } from '../shared/node-major.ts';
import { type Joined, joinAbilities } from './abilities.ts';
import { engine } from './engine.ts';
import { rehearse, rehearseAsync } from './rehearsal.ts';
import { encodeReplay, type SnapshotScript } from './replay.ts';
import { makeSnapshot, type Snapshot } from './snapshot.ts';
import { SnapshotCache, type SnapshotCacheOptions } from './snapshot-cache.ts';
import { streamsProgram } from './streams/program.ts';
import { nativeWeb } from './web-program.ts';

/** Options of {@link SnapshotBuilder}. */
export interface SnapshotBuilderOptions {
  /** Wall-clock limit of each script, in milliseconds. Default: none. */
  timeout?: number | undefined;
  /** Most memory the scripts may use, in bytes. Default 128 MiB. */
  maxHeapSize?: number | undefined;
  /**
   * Most timers that a runtime started from the snapshot may have at once, unless its own `maxTimers` says otherwise; with
   * it the scripts find `setTimeout` and its like, and may keep them, but set no timers themselves. Default 0: there are none.
   */
  maxTimers?: number | undefined;
  /** Whether the scripts, and the runtimes that start from the snapshot, have streams. Default `false`. */
  streams?: boolean | undefined;
  /**
   * Whether the scripts, and the runtimes that start from the snapshot, have the web's APIs, see {@link RuntimeOptions.web}.
   * An object says what the scripts find while they run; a runtime has its own. Default `false`.
   */
  web?: boolean | WebOptions | undefined;
  /**
   * Keeps what was built in a folder, so that the next process with the same scripts, options and engine reads it instead
   * of running the scripts. Default: nothing is kept.
   */
  cache?: SnapshotCacheOptions | undefined;
}

const names: ReadonlySet<string> = new Set(['timeout', 'maxHeapSize', 'maxTimers', 'streams', 'web', 'cache']);

/** The engine of Node 20 restores snapshots with wrong property names and reports no error. */
const restoresCorrectly = nodeMajor >= 22;

/**
 * Collects scripts and makes a {@link Snapshot} of the state they leave behind. The scripts run when the snapshot is
 * built, in the order given, in a guest without host functions.
 *
 * @example
 * ```js
 * const snapshot = new SnapshotBuilder({ timeout: 5000 })
 *   .executeScript('lib.js', 'globalThis.double = (n) => n * 2')
 *   .warmup('double(21)')
 *   .build();
 * const runtime = new Runtime({ snapshot });
 * runtime.eval('double(4)'); // 8
 * ```
 */
export class SnapshotBuilder {
  readonly #timeout: number;
  readonly #maxHeapSize: number;
  readonly #has: Joined;
  readonly #cache: SnapshotCache | undefined;
  readonly #scripts: SnapshotScript[] = [];
  readonly #warmup: SnapshotScript[] = [];
  #built = false;

  /**
   * @param options - `timeout` in milliseconds, `maxHeapSize` in bytes, `maxTimers`, `streams`, `web`, `cache` with `folder` and
   *   `key`.
   * @throws TypeError or RangeError (`ERR_ISOLET_INVALID_ARG`)
   */
  constructor(options?: SnapshotBuilderOptions) {
    const given = checkOptions(options, names);
    this.#timeout = given.timeout === undefined ? 0 : checkMilliseconds(given.timeout, 'timeout');
    this.#maxHeapSize = checkMaxHeapSize(given.maxHeapSize);
    const has = {
      maxTimers: checkMaxTimers(given.maxTimers),
      streams: checkStreams(given.streams),
      web: checkWeb(given.web),
    };
    checkWebNeeds(has.web, has.maxTimers, has.streams);
    this.#has = joinAbilities(has);
    this.#cache = given.cache === undefined ? undefined : new SnapshotCache(given.cache as SnapshotCacheOptions);
  }

  /**
   * Adds a script whose effects become part of the snapshot.
   *
   * @param name - File name for stack traces.
   * @param source - Source text of a classic script.
   * @throws TypeError or RangeError (`ERR_ISOLET_INVALID_ARG`)
   * @throws {@link RuntimeClosedError} the snapshot was built already
   */
  executeScript(name: string, source: string): this {
    this.#checkOpen();
    this.#scripts.push({ filename: checkName(name, 'name'), code: checkString(source, 'source') });
    return this;
  }

  /**
   * Adds a script that runs once, after the others and in a context of its own, so that the functions it calls are
   * already compiled in the snapshot. Its effects are not kept.
   *
   * @param source - Source text of a classic script.
   * @throws TypeError (`ERR_ISOLET_INVALID_ARG`)
   * @throws {@link RuntimeClosedError} the snapshot was built already
   */
  warmup(source: string): this {
    this.#checkOpen();
    this.#warmup.push({ filename: '<warmup>', code: checkString(source, 'source') });
    return this;
  }

  /**
   * Runs the scripts on the calling thread and makes the snapshot. A builder builds once; after a failure it may try
   * again.
   *
   * @throws {@link JavaScriptError} a script threw
   * @throws {@link TimeoutError} a script ran past `timeout`
   * @throws {@link SnapshotError} the state can't be stored
   * @throws {@link RuntimeClosedError} the snapshot was built already
   */
  build(): Snapshot {
    this.#checkOpen();
    const options = this.#options();
    let snapshot = this.#cache?.find(options);
    if (!snapshot) {
      snapshot = makeSnapshot(
        restoresCorrectly
          ? engine().buildSnapshot(options)
          : encodeReplay({ ...this.#has.abilities, scripts: rehearse(options, this.#has) }),
      );
      this.#cache?.keep(options, snapshot);
    }
    this.#built = true;
    return snapshot;
  }

  /**
   * Like {@link SnapshotBuilder.build}, off the event loop. Everything `build` would throw is a rejection.
   *
   * @example
   * ```js
   * const snapshot = await new SnapshotBuilder().executeScript('lib.js', 'globalThis.answer = 42').buildAsync();
   * ```
   */
  async buildAsync(): Promise<Snapshot> {
    this.#checkOpen();
    this.#built = true;
    try {
      const options = this.#options();
      const known = await this.#cache?.findAsync(options);
      if (known) return known;
      const snapshot = makeSnapshot(
        restoresCorrectly
          ? await engine().buildSnapshotAsync(options)
          : encodeReplay({ ...this.#has.abilities, scripts: await rehearseAsync(options, this.#has) }),
      );
      await this.#cache?.keepAsync(options, snapshot);
      return snapshot;
    } catch (error) {
      this.#built = false;
      throw error;
    }
  }

  #options(): NativeSnapshotOptions {
    return {
      scripts: [...this.#scripts],
      warmup: [...this.#warmup],
      timeout: this.#timeout,
      maxHeapSize: this.#maxHeapSize,
      maxTimers: this.#has.abilities.maxTimers,
      streams: streamsProgram(this.#has.abilities),
      ...nativeWeb(this.#has.web),
    };
  }

  #checkOpen(): void {
    if (this.#built) throw new RuntimeClosedError('The builder has built its snapshot. Create a new SnapshotBuilder.');
  }
}
