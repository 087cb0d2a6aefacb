/**
 * DOMException (https://webidl.spec.whatwg.org/#idl-DOMException). Its instances are errors of the language, with a stack,
 * as in browsers and Node: made by Error's constructor, and marked by a private field.
 */
import { type DOMExceptionParts, Kind } from '../../../shared/web/parts.ts';
import { registerCrossing } from './crossing.ts';
import { defineInterface } from './interfaces.ts';
import { toDOMString } from './strings.ts';

const { construct, deleteProperty, setPrototypeOf, getOwnPropertyDescriptor } = Reflect;
const ErrorOfStart = Error;
const { captureStackTrace } = Error;

/** The legacy codes, by the names that have one; others have 0. */
const codes: Readonly<Record<string, number>> = {
  __proto__: null as never,
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
};

/** Puts its private fields on the object it is given. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is how fields get on an object that exists.
    return object;
  }
}

class Fields extends Given {
  #name: string;
  #message: string;

  constructor(error: object, name: string, message: string) {
    super(error);
    this.#name = name;
    this.#message = message;
  }

  static has(value: unknown): value is DOMException {
    return typeof value === 'object' && value !== null && #name in value;
  }

  static read(error: object): { name: string; message: string } {
    if (!(#name in error)) throw new TypeError('This is not a DOMException');
    const fields = error as Fields;
    return { name: fields.#name, message: fields.#message };
  }
}

export class DOMException {
  declare stack: string;

  constructor(message: unknown = '', name: unknown = 'Error') {
    const text = toDOMString(message, 'The message of a DOMException');
    const error = construct(ErrorOfStart, [], new.target) as DOMException;
    new Fields(error, toDOMString(name, 'The name of a DOMException'), text);
    captureStackTrace(error, DOMException);
    // biome-ignore lint/correctness/noConstructorReturn: an error of the language can only be made by Error.
    return error;
  }

  get name(): string {
    return Fields.read(this).name;
  }

  get message(): string {
    return Fields.read(this).message;
  }

  get code(): number {
    return codes[Fields.read(this).name] ?? 0;
  }
}

function cloned(error: DOMException): DOMException {
  const { name, message } = Fields.read(error);
  const copy = new DOMException(message, name);
  const { stack } = error;
  if (typeof stack === 'string')
    Object.defineProperty(copy, 'stack', { value: stack, writable: true, configurable: true });
  return copy;
}

setPrototypeOf(DOMException.prototype, Error.prototype);

defineInterface(DOMException, {
  name: 'DOMException',
  members: ['name', 'message', 'code'],
  clone: (error: DOMException) => cloned(error),
  lengths: { constructor: 0 },
  constants: {
    INDEX_SIZE_ERR: 1,
    DOMSTRING_SIZE_ERR: 2,
    HIERARCHY_REQUEST_ERR: 3,
    WRONG_DOCUMENT_ERR: 4,
    INVALID_CHARACTER_ERR: 5,
    NO_DATA_ALLOWED_ERR: 6,
    NO_MODIFICATION_ALLOWED_ERR: 7,
    NOT_FOUND_ERR: 8,
    NOT_SUPPORTED_ERR: 9,
    INUSE_ATTRIBUTE_ERR: 10,
    INVALID_STATE_ERR: 11,
    SYNTAX_ERR: 12,
    INVALID_MODIFICATION_ERR: 13,
    NAMESPACE_ERR: 14,
    INVALID_ACCESS_ERR: 15,
    VALIDATION_ERR: 16,
    TYPE_MISMATCH_ERR: 17,
    SECURITY_ERR: 18,
    NETWORK_ERR: 19,
    ABORT_ERR: 20,
    URL_MISMATCH_ERR: 21,
    QUOTA_EXCEEDED_ERR: 22,
    TIMEOUT_ERR: 23,
    INVALID_NODE_TYPE_ERR: 24,
    DATA_CLONE_ERR: 25,
  },
});

/** Whether a value is one, whatever its prototype says. */
export const isDOMException: (value: unknown) => value is DOMException = Fields.has;

registerCrossing(isDOMException, (error) => {
  const { name, message } = Fields.read(error);
  return [Kind.domException, name, message];
});

/** Of the host's: the error that came with it becomes one. */
export function importDOMException([name, message, error]: [...DOMExceptionParts, Error?]): DOMException {
  if (!error) return new DOMException(message, name);
  deleteProperty(error, 'name');
  deleteProperty(error, 'message');
  if (getOwnPropertyDescriptor(error, 'code')?.enumerable === false) deleteProperty(error, 'code');
  new Fields(error, name, message);
  setPrototypeOf(error, DOMException.prototype);
  return error as DOMException;
}
