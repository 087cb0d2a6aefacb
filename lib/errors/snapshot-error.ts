import { nameError } from './brand.ts';
import { IsoletError } from './isolet-error.ts';

/** A snapshot could not be built or used: damaged bytes, or bytes made by another engine version or machine. */
export class SnapshotError extends IsoletError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_ISOLET_SNAPSHOT', message, options);
  }
}
nameError(SnapshotError, 'SnapshotError');
