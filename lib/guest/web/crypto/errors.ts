/** What operations of SubtleCrypto reject with. */
import { DOMException } from '../base/dom-exception.ts';

export type CryptoErrorName =
  | 'DataError'
  | 'InvalidAccessError'
  | 'NotSupportedError'
  | 'OperationError'
  | 'SyntaxError'
  | 'TypeMismatchError';

export function cryptoError(name: CryptoErrorName, message: string): DOMException {
  return new DOMException(message, name);
}

export function unsupported(message: string): DOMException {
  return cryptoError('NotSupportedError', message);
}
