// The bounds of what functions get, as a tier has them.
import { z } from 'zod';

const milliseconds = z.number().int().min(1);
const count = z.number().int().min(0);
const mebibyte = 1024 * 1024;

export const kvLimits = z.strictObject({
  keys: count.default(10_000).describe('Keys of one tenant.'),
  bytes: count.default(100 * mebibyte).describe('Bytes of the keys and values of one tenant.'),
  valueBytes: count.default(mebibyte).describe('Bytes of one value.'),
  calls: count.default(1000).describe('Calls of one invocation.'),
});

export const sqlLimits = z.strictObject({
  databaseBytes: count.default(256 * mebibyte).describe('Bytes of the database of one tenant.'),
  statementMs: milliseconds.default(2000).describe('How long one statement, or one batch, may take.'),
  totalMs: milliseconds.default(10_000).describe('How long all statements of one invocation may take together.'),
  statements: count.default(500).describe('Statements of one invocation.'),
  batch: count.default(100).describe('Statements of one batch.'),
  statementBytes: count.default(mebibyte).describe('Bytes of one statement with its parameters.'),
  rows: count.default(10_000).describe('Rows of one answer.'),
  resultBytes: count.default(4 * mebibyte).describe('Bytes of one answer.'),
  transactionMs: milliseconds.default(5000).describe('How long a transaction may stay open.'),
  waitMs: milliseconds.default(5000).describe('How long a statement may wait for others of its tenant.'),
});

export const functionsLimits = z.strictObject({
  calls: count.default(50).describe('Calls of other functions, by one invocation and all that it calls.'),
  depth: count.default(8).describe('How deep such calls may be nested.'),
});

export const fetchLimits = z.strictObject({
  allow: z
    .array(z.string())
    .default([])
    .describe('Where functions may fetch from: hosts, `*.host`, ranges of addresses; `*`: every public address.'),
  deny: z.array(z.string()).default([]).describe('Where they may not, whatever `allow` says.'),
  ports: z.array(z.number().int().min(1).max(65_535)).min(1).default([80, 443]).describe('Ports they may use.'),
  requests: count.default(50).describe('Requests of one invocation; redirects count.'),
  requestBytes: count.default(10 * mebibyte).describe('Bytes of the body of one request.'),
  responseBytes: count.default(10 * mebibyte).describe('Bytes of the body of one answer.'),
  timeout: milliseconds.default(30_000).describe('How long a request may take to the end of its answer.'),
});

export type KvLimits = z.output<typeof kvLimits>;
export type SqlLimits = z.output<typeof sqlLimits>;
export type FunctionsLimits = z.output<typeof functionsLimits>;
export type FetchLimits = z.output<typeof fetchLimits>;

export interface BindingLimits {
  readonly kv: KvLimits;
  readonly sql: SqlLimits;
  readonly functions: FunctionsLimits;
  readonly fetch: FetchLimits;
}
