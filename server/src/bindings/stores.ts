// What functions keep, opened: the only place of the server that knows which engines are behind it.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddedKv } from './kv/embedded-kv.ts';
import type { KvStore } from './kv/kv-store.ts';
import { EmbeddedSql } from './sql/embedded-sql.ts';
import type { SqlStore } from './sql/sql-store.ts';

export interface Stores {
  readonly kv: KvStore;
  readonly sql: SqlStore;
  /** Takes everything of a tenant away. */
  drop(tenant: string): Promise<void>;
  close(): Promise<void>;
}

const mebibyte = 1024 * 1024;

/**
 * @param folder - where the server keeps everything; it exists
 * @param failed - is told what went wrong behind everybody's back
 */
export function openStores(folder: string, failed: (error: unknown) => void): Stores {
  const kv = new EmbeddedKv({ file: join(folder, 'kv.db'), program: program('kv-store'), maxWaiting: 1000, failed });
  const sql = new EmbeddedSql({
    folder: join(folder, 'sql'),
    program: program('sql-engine'),
    maxOpen: 64,
    maxMemoryBytes: 256 * mebibyte,
    threads: 16,
    grace: 60_000,
    maxWaiting: 100,
  });
  return {
    kv,
    sql,
    drop: async (tenant) => void (await Promise.all([kv.drop(tenant), sql.drop(tenant)])),
    close: async () => void (await Promise.all([kv.close(), sql.close()])),
  };
}

/** A program of this package, which stands beside the command. */
const program = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));
