import type { Actor, AuditEntry, AuditQuery, KeptAuditEntry } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';

/** The server itself, where nobody asked for something. */
export const server: Actor = { token: 'server', label: '', scope: 'platform', address: undefined };

/**
 * An entry of the audit, to be kept with the change that it tells of.
 *
 * @param action - such as `function.deploy`
 * @param target - what it is done to; `undefined`: the tenant
 * @param detail - what helps to understand it; never a secret or code
 */
export const entryOf = (
  actor: Actor,
  action: string,
  tenant: string | undefined,
  target?: string,
  detail: Readonly<Record<string, unknown>> = {},
): AuditEntry => ({ at: Date.now(), actor, action, tenant, target, detail });

/** Who changed what. */
export class Audit {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Keeps an entry of what is kept elsewhere. Most are kept with their change. */
  record(entry: AuditEntry): Promise<void> {
    return this.#storage.audit.append(entry);
  }

  /** The newest first. */
  read(query: AuditQuery): Promise<KeptAuditEntry[]> {
    return this.#storage.audit.read(query);
  }
}
