import type { AuditEntry, KeptAuditEntry } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';
import type { Caller } from './tokens.ts';

/** Who changed what. Entries are kept before whoever asked is answered. */
export class Audit {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** @param detail - what helps to understand it; never a secret or code */
  record(
    caller: Caller,
    action: string,
    {
      tenant,
      target,
      ...detail
    }: { tenant?: string | undefined; target?: string | undefined; [member: string]: unknown },
  ): Promise<void> {
    const entry: AuditEntry = { at: Date.now(), actor: caller.id, action, tenant, target, detail };
    return this.#storage.audit.append(entry);
  }

  /** The newest first. @param tenant - `undefined`: of all */
  read(tenant: string | undefined, query: { before?: number | undefined; limit: number }): Promise<KeptAuditEntry[]> {
    return this.#storage.audit.read(tenant, query);
  }
}
