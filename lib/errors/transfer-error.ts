import { nameError } from './brand.ts';
import { IsoletError } from './isolet-error.ts';

/** Details of a {@link TransferError}. */
export interface TransferErrorInit {
  path?: string | undefined;
  limit?: number | undefined;
  actual?: number | undefined;
}

/**
 * A value could not cross between host and guest: it has no counterpart on the other side (a symbol, a WeakMap), is
 * nested deeper than `maxTransferDepth`, is larger than `maxTransferBytes`, or is a function of another runtime.
 */
export class TransferError extends IsoletError {
  /** Where in the value, for example `result.items[3].name`; empty for the value itself. */
  readonly path: string;
  /** The limit (levels or bytes) when one was passed. */
  declare readonly limit?: number;
  /** The measured levels or bytes when a limit was passed. */
  declare readonly actual?: number;

  constructor(message: string, init: TransferErrorInit = {}) {
    super('ERR_ISOLET_TRANSFER', message);
    this.path = init.path ?? '';
    if (init.limit !== undefined) this.limit = init.limit;
    if (init.actual !== undefined) this.actual = init.actual;
  }
}
nameError(TransferError, 'TransferError');
