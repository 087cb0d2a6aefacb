import type { Database } from './database.ts';

/** How the file came to be what it is, step by step; `user_version` says how many of them it has seen. */
const steps: readonly string[] = [
  `CREATE TABLE tenants (id TEXT PRIMARY KEY, tier TEXT, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE functions (
     tenant TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE, name TEXT NOT NULL, active TEXT NOT NULL,
     created_at INTEGER NOT NULL, PRIMARY KEY (tenant, name)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE versions (
     tenant TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, number INTEGER NOT NULL,
     created_at INTEGER NOT NULL, created_by TEXT NOT NULL, code_size INTEGER NOT NULL, settings TEXT NOT NULL,
     mac BLOB NOT NULL, code TEXT NOT NULL, PRIMARY KEY (tenant, name, version),
     FOREIGN KEY (tenant, name) REFERENCES functions ON DELETE CASCADE
   ) STRICT;
   CREATE TABLE activations (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
     at INTEGER NOT NULL, FOREIGN KEY (tenant, name) REFERENCES functions ON DELETE CASCADE
   ) STRICT;
   CREATE INDEX activations_of ON activations (tenant, name, seq);
   CREATE TABLE aliases (
     tenant TEXT NOT NULL, name TEXT NOT NULL, alias TEXT NOT NULL, weights TEXT NOT NULL,
     PRIMARY KEY (tenant, name, alias), FOREIGN KEY (tenant, name) REFERENCES functions ON DELETE CASCADE
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE secrets (
     tenant TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE, name TEXT NOT NULL, sealed BLOB NOT NULL,
     updated_at INTEGER NOT NULL, PRIMARY KEY (tenant, name)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE tokens (
     id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, tenant TEXT REFERENCES tenants ON DELETE CASCADE,
     scope TEXT NOT NULL, label TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER
   ) STRICT;`,
];

/** Brings a file to what this version of the server uses. @throws if a later version has written it */
export function migrate(db: Database): void {
  const found = Number(db.get('PRAGMA user_version')?.['user_version'] ?? 0);
  if (found > steps.length) {
    throw new Error(
      `it was written by a later version of isolet-server (format ${found}, this one knows ${steps.length})`,
    );
  }
  for (const [i, step] of steps.entries()) {
    if (i < found) continue;
    db.exec(`BEGIN IMMEDIATE; ${step} PRAGMA user_version = ${i + 1}; COMMIT;`);
  }
}
