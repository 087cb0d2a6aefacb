/** What the server's thread asks of the one that writes: a method of a store. */
export interface WriteRequest {
  readonly id: number;
  readonly store: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** How it went. */
export type WriteReply = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly error: { readonly message: string; readonly code: string | undefined } }
);

export type ToWriter = WriteRequest | 'close';
