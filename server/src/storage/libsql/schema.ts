import type { Database } from './database.ts';

/** How the file came to be what it is, step by step; `user_version` says how many of them it has seen. */
const steps: readonly string[] = [
  // Texts that may have a NUL are blobs: libsql reads texts up to there.
  `CREATE TABLE tenants (id TEXT PRIMARY KEY, tier TEXT, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE functions (
     tenant TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE, name TEXT NOT NULL, active TEXT NOT NULL,
     created_at INTEGER NOT NULL, PRIMARY KEY (tenant, name)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE versions (
     tenant TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, number INTEGER NOT NULL,
     created_at INTEGER NOT NULL, created_by TEXT NOT NULL, code_size INTEGER NOT NULL, settings TEXT NOT NULL,
     mac BLOB NOT NULL, code BLOB NOT NULL, PRIMARY KEY (tenant, name, version),
     FOREIGN KEY (tenant, name) REFERENCES functions ON DELETE CASCADE
   ) STRICT;
   CREATE TABLE activations (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
     at INTEGER NOT NULL, FOREIGN KEY (tenant, name, version) REFERENCES versions ON DELETE CASCADE
   ) STRICT;
   CREATE INDEX activations_of ON activations (tenant, name, version);
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
   ) STRICT;
   CREATE INDEX tokens_of ON tokens (tenant);

   CREATE TABLE logs (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE,
     function TEXT NOT NULL, at INTEGER NOT NULL, level TEXT NOT NULL, invocation TEXT, version TEXT, text BLOB NOT NULL
   ) STRICT;
   CREATE INDEX logs_of ON logs (tenant, function, seq);
   CREATE INDEX logs_of_invocation ON logs (invocation) WHERE invocation IS NOT NULL;
   CREATE TABLE usage (
     tenant TEXT NOT NULL, hour INTEGER NOT NULL, function TEXT NOT NULL, invocations INTEGER NOT NULL,
     errors INTEGER NOT NULL, cold_starts INTEGER NOT NULL, refused INTEGER NOT NULL, rate_limited INTEGER NOT NULL,
     duration_ms REAL NOT NULL, cpu_ms REAL NOT NULL, gb_ms REAL NOT NULL, host_calls INTEGER NOT NULL,
     fetches INTEGER NOT NULL, bytes_sent INTEGER NOT NULL, bytes_received INTEGER NOT NULL,
     PRIMARY KEY (tenant, hour, function)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE audit (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
     tenant TEXT, target TEXT, detail TEXT NOT NULL
   ) STRICT;
   CREATE INDEX audit_of ON audit (tenant, seq);
   CREATE TABLE invocations (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, function TEXT NOT NULL,
     version TEXT, alias TEXT, status TEXT NOT NULL, attempts INTEGER NOT NULL, created_at INTEGER NOT NULL,
     started_at INTEGER, finished_at INTEGER, error TEXT, event TEXT NOT NULL, result TEXT,
     FOREIGN KEY (tenant) REFERENCES tenants ON DELETE CASCADE
   ) STRICT;
   CREATE INDEX invocations_of ON invocations (tenant, function, seq);
   CREATE INDEX invocations_unfinished ON invocations (seq) WHERE finished_at IS NULL;
   CREATE INDEX invocations_finished ON invocations (finished_at) WHERE finished_at IS NOT NULL;`,
  `CREATE TABLE variables (
     tenant TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE, name TEXT NOT NULL, value BLOB NOT NULL,
     updated_at INTEGER NOT NULL, PRIMARY KEY (tenant, name)
   ) STRICT, WITHOUT ROWID;
   ALTER TABLE tokens ADD COLUMN last_used_at INTEGER;
   CREATE INDEX logs_of_tenant ON logs (tenant, seq);
   ALTER TABLE invocations ADD COLUMN method TEXT;
   CREATE INDEX invocations_waiting ON invocations (tenant) WHERE finished_at IS NULL;
   ALTER TABLE audit ADD COLUMN by TEXT NOT NULL DEFAULT '{}';
   CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
   CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;`,
  // Of a rule for all functions of a tenant the function is ''.
  `CREATE TABLE domains (
     host TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE, function TEXT, alias TEXT,
     created_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX domains_of ON domains (tenant);
   CREATE TABLE access (
     tenant TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE, function TEXT NOT NULL, auth TEXT NOT NULL,
     updated_at INTEGER NOT NULL, PRIMARY KEY (tenant, function)
   ) STRICT, WITHOUT ROWID;`,
  // `born`: when the tenant was made whose usage it is.
  `ALTER TABLE usage RENAME TO usage_before;
   CREATE TABLE usage (
     tenant TEXT NOT NULL, born INTEGER NOT NULL, hour INTEGER NOT NULL, function TEXT NOT NULL,
     invocations INTEGER NOT NULL, errors INTEGER NOT NULL, cold_starts INTEGER NOT NULL, refused INTEGER NOT NULL,
     rate_limited INTEGER NOT NULL, duration_ms REAL NOT NULL, cpu_ms REAL NOT NULL, gb_ms REAL NOT NULL,
     host_calls INTEGER NOT NULL, fetches INTEGER NOT NULL, bytes_sent INTEGER NOT NULL, bytes_received INTEGER NOT NULL,
     kv_reads INTEGER NOT NULL, kv_writes INTEGER NOT NULL, kv_bytes_read INTEGER NOT NULL,
     kv_bytes_written INTEGER NOT NULL, sql_statements INTEGER NOT NULL, sql_ms REAL NOT NULL,
     sql_rows_written INTEGER NOT NULL, sql_bytes_read INTEGER NOT NULL, sql_bytes_written INTEGER NOT NULL,
     PRIMARY KEY (tenant, born, hour, function)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO usage SELECT tenant, COALESCE((SELECT created_at FROM tenants WHERE id = tenant), 0), hour, function,
     invocations, errors, cold_starts, refused, rate_limited, duration_ms, cpu_ms, gb_ms, host_calls, fetches,
     bytes_sent, bytes_received, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM usage_before;
   DROP TABLE usage_before;`,
  // `sealed_by`: what the key's seals begin with; empty: not sealed yet; NULL: there is nothing to be sealed.
  `ALTER TABLE invocations RENAME TO invocations_before;
   DROP INDEX invocations_of;
   DROP INDEX invocations_unfinished;
   DROP INDEX invocations_finished;
   DROP INDEX invocations_waiting;
   CREATE TABLE invocations (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, function TEXT NOT NULL,
     version TEXT, alias TEXT, method TEXT, status TEXT NOT NULL, attempts INTEGER NOT NULL, created_at INTEGER NOT NULL,
     started_at INTEGER, finished_at INTEGER, error TEXT, event BLOB NOT NULL, result BLOB, sealed_by BLOB,
     FOREIGN KEY (tenant) REFERENCES tenants ON DELETE CASCADE
   ) STRICT;
   INSERT INTO invocations SELECT seq, id, tenant, function, version, alias, method, status, attempts, created_at,
     started_at, finished_at, error, iif(finished_at IS NULL, CAST(event AS BLOB), x''), CAST(result AS BLOB),
     iif(finished_at IS NULL OR result IS NOT NULL, x'', NULL) FROM invocations_before;
   DROP TABLE invocations_before;
   CREATE INDEX invocations_of ON invocations (tenant, function, seq);
   CREATE INDEX invocations_waiting ON invocations (tenant, seq) WHERE finished_at IS NULL;
   CREATE INDEX invocations_finished ON invocations (finished_at) WHERE finished_at IS NOT NULL;
   CREATE INDEX invocations_sealed ON invocations (sealed_by) WHERE sealed_by IS NOT NULL;`,
  `CREATE TABLE log_sizes (
     tenant TEXT PRIMARY KEY REFERENCES tenants ON DELETE CASCADE, bytes INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   INSERT INTO log_sizes SELECT tenant, SUM(length(text) + 200) FROM logs GROUP BY tenant;`,
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
