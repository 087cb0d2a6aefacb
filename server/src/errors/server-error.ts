/** What can be wrong with a request to the server, and the status it is answered with. */
export const statusOfCode = {
  ERR_ISOLET_SERVER_BAD_REQUEST: 400,
  ERR_ISOLET_SERVER_UNAUTHORIZED: 401,
  ERR_ISOLET_SERVER_FORBIDDEN: 403,
  ERR_ISOLET_SERVER_NOT_FOUND: 404,
  ERR_ISOLET_SERVER_METHOD: 405,
  ERR_ISOLET_SERVER_SLOW: 408,
  ERR_ISOLET_SERVER_CONFLICT: 409,
  ERR_ISOLET_SERVER_LIMIT: 409,
  ERR_ISOLET_SERVER_CHANGED: 412,
  ERR_ISOLET_SERVER_TOO_LARGE: 413,
  ERR_ISOLET_SERVER_MEDIA_TYPE: 415,
  ERR_ISOLET_SERVER_INVALID: 422,
  ERR_ISOLET_SERVER_TOO_MANY: 429,
  ERR_ISOLET_SERVER_HEADERS_TOO_LARGE: 431,
  ERR_ISOLET_SERVER_INTERNAL: 500,
  ERR_ISOLET_SERVER_GAVE_UP: 500,
  ERR_ISOLET_SERVER_UNSUPPORTED: 501,
  ERR_ISOLET_SERVER_BAD_ANSWER: 502,
  ERR_ISOLET_SERVER_DRAINING: 503,
  ERR_ISOLET_SERVER_KEYS: 503,
  ERR_ISOLET_SERVER_STORAGE: 503,
} as const;

export type ServerErrorCode = keyof typeof statusOfCode;

/** Something the client can act on: the message and the details are answered as they are. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: ServerErrorCode;
  readonly status: number;
  /** Further members of the problem document. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ServerErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.status = statusOfCode[code];
    this.details = details;
  }
}

/** There is no such thing, or not for this caller. @param what - such as `function 'hello'` */
export const notFound = (what: string): ServerError =>
  new ServerError('ERR_ISOLET_SERVER_NOT_FOUND', `There is no ${what}.`);
