import { isMainThread } from 'node:worker_threads';
import { loadAddon } from '../binding.ts';
import { fromRecord } from '../errors/from-record.ts';
import type { NativeAddon, NativeHooks, NativeOwner } from '../native.ts';

/** What the engine asks about a runtime. */
export type OwnHooks = Omit<NativeHooks, 'mainThread' | 'timeZone'>;

/** What an owner of a runtime shows of itself: the answers of the copy of the package that made it. */
export interface HookedOwner {
  readonly hooks: OwnHooks;
}

/**
 * One addon may serve several copies of the package, and knows the hooks of the last: each runtime is answered by the
 * copy that made it.
 */
const hooks: NativeHooks = {
  createError: (record, owner) =>
    (owner as Partial<HookedOwner> | undefined)?.hooks?.createError(record, owner) ?? fromRecord(record),
  importFunction: (owner, ...rest) => hooksOf(owner).importFunction(owner, ...rest),
  importStream: (owner, ...rest) => hooksOf(owner).importStream(owner, ...rest),
  exportFunction: (owner, ...rest) => hooksOf(owner).exportFunction(owner, ...rest),
  exportObject: (owner, ...rest) => hooksOf(owner).exportObject(owner, ...rest),
  importObject: (owner, ...rest) => hooksOf(owner).importObject(owner, ...rest),
  exportedFunction: (owner, ...rest) => hooksOf(owner).exportedFunction(owner, ...rest),
  releaseExport: (owner, ...rest) => hooksOf(owner).releaseExport(owner, ...rest),
  callHost: (owner, ...rest) => hooksOf(owner).callHost(owner, ...rest),
  event: (owner, ...rest) => hooksOf(owner).event(owner, ...rest),
  callsSettled: (owner, answers, over) => hooksOf(owner).callsSettled(owner, answers, over),
  callFailed: (owner, ...rest) => hooksOf(owner).callFailed(owner, ...rest),
  timeZone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
  mainThread: isMainThread,
};

function hooksOf(owner: NativeOwner): HookedOwner['hooks'] {
  return (owner as HookedOwner).hooks;
}

let addon: NativeAddon | undefined;

/** The addon, loaded and initialised on first use. */
export function engine(): NativeAddon {
  if (!addon) {
    const loaded = loadAddon();
    loaded.initialize(hooks);
    if (isMainThread) process.on('exit', (code) => loaded.noteExit(code));
    addon = loaded;
  }
  return addon;
}
