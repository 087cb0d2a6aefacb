import { inspect, types } from 'node:util';
import { brief } from '../errors/brief.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { copyBytes } from '../options/bytes.ts';
import { invalidType } from '../options/invalid.ts';
import type { Abilities } from './abilities.ts';
import { engine } from './engine.ts';
import { decodeReplay, isReplay, type Replay } from './replay.ts';
import { giveWebProgram } from './web-program.ts';

/** What a snapshot holds: an engine blob, or scripts to run again. */
export interface SnapshotContent {
  snapshot: Uint8Array | undefined;
  replay: Replay | undefined;
  /** What its scripts had; undefined for a runtime that starts from nothing. */
  abilities: Abilities | undefined;
}

/** Of a runtime that starts from nothing. */
export const noContent: SnapshotContent = { snapshot: undefined, replay: undefined, abilities: undefined };

const contents = new WeakMap<Snapshot, SnapshotContent>();
const key = Symbol('snapshot');

/**
 * A state of the guest that runtimes start from, made by {@link SnapshotBuilder}. Any number of runtimes share one
 * snapshot; it never changes.
 *
 * @example
 * ```js
 * const snapshot = new SnapshotBuilder().executeScript('lib.js', 'globalThis.answer = 42').build();
 * const runtime = new Runtime({ snapshot });
 * runtime.eval('answer'); // 42
 * ```
 */
export class Snapshot {
  /**
   * `'startup'`: the engine restores the state from bytes (Node 22 and later). `'replay'`: the recorded scripts run again
   * in every runtime, because the engine of Node 20 restores snapshots wrongly.
   */
  readonly kind: 'startup' | 'replay';
  readonly #bytes: Uint8Array;

  /** Snapshots come from {@link SnapshotBuilder} or {@link Snapshot.from}. */
  constructor(token: symbol, bytes: Uint8Array, content: SnapshotContent) {
    if (token !== key) throw new TypeError('Illegal constructor: use SnapshotBuilder or Snapshot.from');
    this.kind = content.replay ? 'replay' : 'startup';
    this.#bytes = bytes;
    contents.set(this, content);
  }

  /** Size in bytes. */
  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  /**
   * The bytes, to be stored and given to {@link Snapshot.from} later. A copy.
   *
   * @example
   * ```js
   * const snapshot = new SnapshotBuilder().executeScript('lib.js', 'globalThis.answer = 42').build();
   * const bytes = snapshot.toBuffer();
   * new Runtime({ snapshot: Snapshot.from(bytes) }).eval('answer'); // 42
   * ```
   */
  toBuffer(): Buffer {
    return Buffer.from(this.#bytes);
  }

  /**
   * Reads a snapshot back. The bytes are copied and checked: a `'startup'` snapshot fits one version of isolet, one
   * engine version and one processor architecture; a `'replay'` snapshot fits everywhere. Only read bytes you made:
   * the check finds damage, not forgery.
   *
   * @param bytes - What `toBuffer` gave.
   * @throws {@link SnapshotError} the bytes are damaged or made for another engine
   * @throws TypeError (`ERR_ISOLET_INVALID_ARG`) not a `Uint8Array`
   * @example
   * ```js
   * const bytes = new SnapshotBuilder().executeScript('lib.js', 'globalThis.answer = 42').build().toBuffer();
   * const snapshot = Snapshot.from(bytes);
   * ```
   */
  static from(bytes: Uint8Array): Snapshot {
    if (!types.isUint8Array(bytes)) throw invalidType('bytes', bytes, 'a Uint8Array or Buffer');
    return makeSnapshot(copyBytes(bytes, 'bytes'));
  }

  [inspect.custom](): string {
    return `Snapshot { kind: '${this.kind}', byteLength: ${this.byteLength} }`;
  }
}

/** Checks `bytes`, which nobody else may change, and makes the snapshot of them. */
export function makeSnapshot(bytes: Uint8Array): Snapshot {
  if (bytes.length === 0) throw new SnapshotError('The snapshot is empty. Build it with SnapshotBuilder.');
  if (isReplay(bytes)) {
    const replay = decodeReplay(bytes);
    return new Snapshot(key, bytes, { snapshot: undefined, replay, abilities: replay });
  }
  if (engine().snapshotHasWeb(bytes.subarray(0, 128))) giveWebProgram();
  const abilities = engine().checkSnapshot(bytes);
  return new Snapshot(key, bytes, { snapshot: bytes, replay: undefined, abilities });
}

/** The content of the option `snapshot`: a Snapshot, or bytes of one. */
export function snapshotContent(given: unknown): SnapshotContent {
  if (types.isUint8Array(given)) return snapshotContent(makeSnapshot(copyBytes(given, 'snapshot')));
  const content = typeof given === 'object' && given !== null ? contents.get(given as Snapshot) : undefined;
  if (!content) throw invalidType('snapshot', given, `a Snapshot or its bytes, not ${brief(given)}`);
  return content;
}
