// What is used of libsql's connections. Of its promise API only preparing and the first step of `iterate` leave the event
// loop: `run` and `get` do all their work on it, and `next` of an iterator each further step.
import { createRequire } from 'node:module';

export interface Connection {
  readonly inTransaction: boolean;
  prepare(sql: string): Promise<Statement>;
  interrupt(): void;
  close(): void;
}

export interface Statement {
  /** Rows as lists; only for statements that have columns. */
  raw(on: boolean): this;
  safeIntegers(on: boolean): this;
  columns(): readonly { readonly name: string }[];
  /** Off the event loop up to the first row, or to the end if there is none; what went wrong there, reading throws. */
  iterate(params: readonly unknown[]): Promise<Iterable<unknown[]>>;
  /** On the event loop. */
  get(params: readonly unknown[]): unknown;
}

const Database = createRequire(import.meta.url)('libsql/promise') as new (file: string) => Connection;

export const openConnection = (file: string): Connection => new Database(file);
