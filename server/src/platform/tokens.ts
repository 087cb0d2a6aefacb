import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import { notFound } from '../errors/server-error.ts';
import type { Actor, TokenRecord } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';
import { entryOf, server } from './audit.ts';

/** How often in ms the time of a token's latest use is kept. */
const touchEvery = 60_000;

/** Tokens are random and kept as hashes: nobody can read them again. */
export class Tokens {
  readonly #storage: Storage;
  readonly #configured: { readonly hash: Buffer; readonly record: TokenRecord } | undefined;

  constructor(config: Config, storage: Storage) {
    this.#storage = storage;
    if (config.adminToken === undefined) return;
    const unknown = { tenant: undefined, expiresAt: undefined, lastUsedAt: undefined };
    const record = {
      id: 'configured',
      scope: 'platform',
      label: 'of the configuration',
      createdAt: Date.now(),
      ...unknown,
    } as const;
    this.#configured = { hash: hashOf(config.adminToken), record };
  }

  /** Makes the platform's token if there is none, and answers it this once. */
  async first(): Promise<string | undefined> {
    if (this.#configured) return undefined;
    const all = await this.#storage.tokens.list();
    if (all.some(({ scope, expiresAt }) => scope === 'platform' && expiresAt === undefined)) return undefined;
    return (await this.make({ scope: 'platform', tenant: undefined, label: 'first' }, server)).token;
  }

  async make(
    asked: Pick<TokenRecord, 'scope' | 'tenant' | 'label'> & { expiresAt?: number | undefined },
    by: Actor,
  ): Promise<{ token: string; record: TokenRecord }> {
    const token = `isolet_${randomBytes(32).toString('base64url')}`;
    const { scope, tenant, label, expiresAt } = asked;
    const id = randomBytes(8).toString('hex');
    const record = { id, scope, tenant, label, expiresAt, createdAt: Date.now(), lastUsedAt: undefined };
    const note = entryOf(by, 'token.make', tenant, id, { scope, label, expiresAt: expiresAt ?? null });
    await this.#storage.tokens.add(record, hashOf(token), note);
    return { token, record };
  }

  /** Whose token this is; `undefined` if it is not known, has expired or was revoked. */
  async find(token: string): Promise<TokenRecord | undefined> {
    const hash = hashOf(token);
    if (this.#configured && timingSafeEqual(hash, this.#configured.hash)) return this.#configured.record;
    // The index compares hashes, of which nobody knows how to choose one: how long it takes tells nothing of a token.
    const record = await this.#storage.tokens.find(hash);
    const now = Date.now();
    if (!record || (record.expiresAt !== undefined && record.expiresAt <= now)) return undefined;
    if (now - (record.lastUsedAt ?? 0) >= touchEvery) await this.#storage.tokens.touch(record.id, now);
    return record;
  }

  /** Whether a token that was found before is still good. */
  async isGood({ id, expiresAt }: TokenRecord): Promise<boolean> {
    if (id === this.#configured?.record.id) return true;
    if (expiresAt !== undefined && expiresAt <= Date.now()) return false;
    return (await this.#storage.tokens.get(id)) !== undefined;
  }

  list(tenant?: string): Promise<TokenRecord[]> {
    return this.#storage.tokens.list(tenant);
  }

  /** @param tenant - whose it has to be; `undefined`: anybody's. @throws {ServerError} if there is no such token */
  async revoke(id: string, tenant: string | undefined, by: Actor): Promise<void> {
    const found = await this.#storage.tokens.get(id);
    const { scope, label } = found ?? {};
    const note = entryOf(by, 'token.revoke', found?.tenant, id, { scope, label });
    if (!(await this.#storage.tokens.delete(id, tenant, note))) throw notFound(`token '${id}'`);
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
