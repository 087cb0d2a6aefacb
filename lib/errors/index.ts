export type { ValidationIssue } from '../shared/check/issue.ts';
export {
  CellError,
  type CellErrorInit,
  type CellErrorReason,
  type CellWall,
  type CellWallState,
} from './cell-error.ts';
export { type ErrorCode, errorCodes } from './codes.ts';
export { DependencyError } from './dependency-error.ts';
export { EgressError, type EgressErrorInit, type EgressReason } from './egress-error.ts';
export { InvalidArgRangeError, InvalidArgTypeError } from './invalid-arg.ts';
export { IsoletError, type IsoletErrorOptions } from './isolet-error.ts';
export { JavaScriptError, type JavaScriptErrorInit } from './javascript-error.ts';
export {
  CapacityError,
  type CapacityErrorInit,
  DeadlockError,
  HeapLimitError,
  type HeapLimitErrorInit,
  RuntimeClosedError,
  RuntimeTerminatedError,
  TimeoutError,
  type TimeoutErrorInit,
} from './limit-errors.ts';
export { ModuleError, type ModuleErrorInit } from './module-error.ts';
export {
  FunctionNotFoundError,
  HandlerError,
  type HandlerReason,
  PlatformError,
  RateLimitError,
  SupersededError,
  type SupersededReason,
  ValidationError,
  VersionNotFoundError,
  type WantedVersion,
} from './serverless-errors.ts';
export { SnapshotError } from './snapshot-error.ts';
export { TransferError, type TransferErrorInit } from './transfer-error.ts';
