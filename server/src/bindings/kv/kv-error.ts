// What goes wrong with keys and values, as a function sees it: an error whose `code` is stable and which names its quota.

export const kvErrorCodes = [
  /** The key is no text, empty, or longer than a key may be. */
  'KV_KEY',
  /** The value is none that can be kept, or larger than `limit` bytes. */
  'KV_VALUE',
  /** An option that is not known, or has a value that makes no sense. */
  'KV_OPTION',
  /** The tenant has no room left: `quota` says of what, `limit` how much it may have. */
  'KV_QUOTA',
  /** The invocation has made all the calls it may: `limit`. */
  'KV_LIMIT',
  /** More is under way already than the store takes on for one tenant. Nothing was done. */
  'KV_BUSY',
  /** The store could not do it. Whether a put took effect is not known. */
  'KV_ENGINE',
] as const;
export type KvErrorCode = (typeof kvErrorCodes)[number];

export class KvError extends Error {
  override readonly name = 'KvError';
  readonly code: KvErrorCode;
  declare readonly quota?: string;
  declare readonly limit?: number;

  constructor(code: KvErrorCode, message: string, details: { readonly quota?: string; readonly limit?: number } = {}) {
    super(message);
    this.code = code;
    Object.assign(this, details);
  }
}
