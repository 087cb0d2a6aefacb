import type { ErrorRecord } from '../native.ts';
import { given } from '../shared/own.ts';
import { brief } from './brief.ts';
import { cellGoneError, type GoneProcess } from './cell-error.ts';
import { isHostError } from './host-errors.ts';
import { JavaScriptError } from './javascript-error.ts';
import {
  CapacityError,
  droppedMessage,
  droppedReason,
  HeapLimitError,
  nestingError,
  RuntimeClosedError,
  RuntimeTerminatedError,
  TimeoutError,
} from './limit-errors.ts';
import { ModuleError } from './module-error.ts';
import { SnapshotError } from './snapshot-error.ts';
import { TransferError } from './transfer-error.ts';
import { transferMessage } from './transfer-message.ts';

/** Makes the public error for what the engine reports. @param process - that the guest was in, if not this one */
export function fromRecord(record: ErrorRecord, process?: GoneProcess): Error {
  switch (record.kind) {
    case 'javascript':
      return fromThrown(record);
    case 'timeout':
      return new TimeoutError({ kind: record.clock, limit: record.limit, phase: record.phase });
    case 'terminated':
      return new RuntimeTerminatedError(record.reason);
    case 'heapLimit':
      return new HeapLimitError(record);
    case 'cell':
      return cellGoneError(record, process);
    case 'closed':
      return new RuntimeClosedError();
    case 'dropped':
      return new RuntimeTerminatedError(droppedReason, droppedMessage);
    case 'aborted':
      return new DOMException('The call was aborted.', 'AbortError');
    case 'transfer':
      return new TransferError(transferMessage(record), record);
    case 'module':
      return new ModuleError(record.message, record);
    case 'snapshot':
      return new SnapshotError(record.message);
    case 'capacity':
      return new CapacityError(record.message, record);
    case 'nesting':
      return nestingError(record.limit);
  }
}

type ThrownRecord = Extract<ErrorRecord, { kind: 'javascript' }>;

function fromThrown(record: ThrownRecord): JavaScriptError {
  const { thrown } = record;
  return new JavaScriptError({
    name: record.name ?? undefined,
    message: record.name === null ? `Uncaught ${describeThrown(record)}` : record.message,
    stack: record.stack ?? undefined,
    frames: record.frames,
    cause: isHostError(thrown) ? thrown : causeOf(thrown),
    thrown,
  });
}

/** A text for what is not an Error. The engine's own for objects says nothing about them. */
function describeThrown({ thrown, message }: ThrownRecord): string {
  return typeof thrown === 'object' && thrown !== null ? brief(thrown) : message;
}

function causeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? given(thrown, 'cause') : undefined;
}
