import { fromRecord } from '../errors/from-record.ts';
import { TransferError } from '../errors/transfer-error.ts';
import type { ErrorRecord, NativeEvent, NativeOwner } from '../native.ts';
import type { OwnHooks } from './engine.ts';
import type { HostFunction } from './host-function.ts';
import type { HostFunctions } from './host-functions.ts';
import { createJsFunction, type JsFunction } from './js-function.ts';
import type { RuntimeOwner } from './owner.ts';
import type { StreamCounters } from './streams/counters.ts';
import { isStreamSource } from './streams/export-stream.ts';
import { guestSource, importStream } from './streams/import-stream.ts';
import { exportToBareGuest, type WebObjects } from './web/objects.ts';

/** What the engine's questions need of the private half of the runtime that they are about. */
export interface AnsweringOwner extends RuntimeOwner {
  readonly hostFunctions: HostFunctions;
  readonly streamCounters: StreamCounters;
  /** Whether the guest has streams. */
  readonly streams: boolean;
  /** Undefined: the guest has none of the web's APIs. */
  readonly webObjects: WebObjects | undefined;
  createError(record: ErrorRecord): Error;
  callHost(id: number, callId: number, args: unknown[]): unknown;
  handleEvent(event: NativeEvent): void;
}

const of = (owner: NativeOwner): AnsweringOwner => owner as AnsweringOwner;

/** What the engine calls back, for runtimes that this copy of the package made. */
export const ownHooks: OwnHooks = {
  createError: (record, owner) => (owner ? of(owner).createError(record) : fromRecord(record)),
  importFunction: (owner, id, name, length) => createJsFunction(of(owner), id, name, length),
  importStream: (owner, source) => importStream(source as JsFunction, of(owner).streamCounters),
  exportFunction: (owner, fn) => of(owner).hostFunctions.export(fn as HostFunction),
  exportObject: (owner, value) => {
    const { hostFunctions, streams, webObjects } = of(owner);
    const exported = webObjects ? webObjects.export(value) : exportToBareGuest(value);
    if (exported !== undefined) return exported;
    if (!streams || !isStreamSource(value)) return undefined;
    const source = guestSource(value);
    // A stream of this guest that nobody has read from goes home.
    const home = source && hostFunctions.export(source);
    return home?.mode === 'guest' ? home : hostFunctions.exportStream(value);
  },
  importObject: (owner, kind, parts) => {
    const { webObjects } = of(owner);
    if (!webObjects) throw new TransferError("An object of the web's APIs can't come from a guest without them");
    return webObjects.import(kind, parts);
  },
  exportedFunction: (owner, id) => of(owner).hostFunctions.original(id),
  releaseExport: (owner, id, count) => of(owner).hostFunctions.release(id, count ?? Number.POSITIVE_INFINITY),
  callHost: (owner, id, callId, args) => of(owner).callHost(id, callId, args),
  event: (owner, event) => of(owner).handleEvent(event),
  callsSettled: (owner, answers, over) => of(owner).calls.settled(answers, over),
  callFailed: (owner, callId, error) => of(owner).calls.failed(callId, error),
};
