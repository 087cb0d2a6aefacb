import { InvalidArgRangeError, InvalidArgTypeError } from '../errors/invalid-arg.ts';

/** Checks options that are part of others: an error names them by their whole path, as whoever wrote them would. */
export function within<T>(path: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InvalidArgTypeError || error instanceof InvalidArgRangeError)) throw error;
    const option = error.option === 'options' ? path : `${path}.${error.option}`;
    const message = error.message.replace(`'${error.option}'`, `'${option}'`);
    if (error instanceof InvalidArgTypeError) throw new InvalidArgTypeError(message, option, error.value);
    throw new InvalidArgRangeError(message, option, error.value);
  }
}
