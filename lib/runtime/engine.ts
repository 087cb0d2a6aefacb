import { isMainThread } from 'node:worker_threads';
import { loadAddon } from '../binding.ts';
import { fromRecord } from '../errors/from-record.ts';
import type { NativeAddon, NativeHooks, NativeOwner } from '../native.ts';
import type { RuntimeCore } from './core.ts';
import type { HostFunction } from './host-functions.ts';
import { createJsFunction, type JsFunction } from './js-function.ts';
import { isStreamSource } from './streams/export-stream.ts';
import { guestSource, importStream } from './streams/import-stream.ts';

/** What the engine calls back, for runtimes that this copy of the package made. */
export const ownHooks: Omit<NativeHooks, 'mainThread'> = {
  createError: fromRecord,
  importFunction: (owner, id, name, length) => createJsFunction(core(owner), id, name, length),
  importStream: (owner, source) => importStream(source as JsFunction, core(owner).streamCounters),
  exportFunction: (owner, value) => {
    const { hostFunctions } = core(owner);
    if (typeof value === 'function') return hostFunctions.export(value as HostFunction);
    if (!isStreamSource(value)) return undefined;
    const source = guestSource(value);
    // A stream of this guest that nobody has read from goes home.
    const home = source && hostFunctions.export(source);
    return home?.mode === 'guest' ? home : hostFunctions.exportStream(value);
  },
  exportedFunction: (owner, id) => core(owner).hostFunctions.original(id),
  releaseExport: (owner, id, count) => core(owner).hostFunctions.release(id, count ?? Number.POSITIVE_INFINITY),
  callHost: (owner, id, callId, args) => core(owner).callHost(id, callId, args),
  event: (owner, event) => core(owner).handleEvent(event),
};

/**
 * One addon may serve several copies of the package, and knows the hooks of the last: each runtime is answered by the
 * copy that made it.
 */
const hooks: NativeHooks = {
  createError: (record, owner) => ((owner as Partial<RuntimeCore> | undefined)?.hooks ?? ownHooks).createError(record),
  importFunction: (owner, ...rest) => core(owner).hooks.importFunction(owner, ...rest),
  importStream: (owner, ...rest) => core(owner).hooks.importStream(owner, ...rest),
  exportFunction: (owner, ...rest) => core(owner).hooks.exportFunction(owner, ...rest),
  exportedFunction: (owner, ...rest) => core(owner).hooks.exportedFunction(owner, ...rest),
  releaseExport: (owner, ...rest) => core(owner).hooks.releaseExport(owner, ...rest),
  callHost: (owner, ...rest) => core(owner).hooks.callHost(owner, ...rest),
  event: (owner, ...rest) => core(owner).hooks.event(owner, ...rest),
  mainThread: isMainThread,
};

function core(owner: NativeOwner): RuntimeCore {
  return owner as RuntimeCore;
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
