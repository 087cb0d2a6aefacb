import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import { notFound } from '../errors/server-error.ts';
import type { Scope, TokenRecord } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';

/** Who asks: what a token stands for. */
export interface Caller {
  readonly id: string;
  readonly scope: Scope;
  /** `undefined`: all tenants. */
  readonly tenant: string | undefined;
}

/** Tokens are random and kept as hashes: nobody can read them again. */
export class Tokens {
  readonly #storage: Storage;
  readonly #configured: Buffer | undefined;

  constructor(config: Config, storage: Storage) {
    this.#storage = storage;
    this.#configured = config.adminToken === undefined ? undefined : hashOf(config.adminToken);
  }

  /** Makes the platform's token if there is none, and answers it this once. */
  async first(): Promise<string | undefined> {
    if (this.#configured) return undefined;
    const all = await this.#storage.tokens.list();
    if (all.some(({ scope }) => scope === 'platform')) return undefined;
    return (await this.make({ scope: 'platform', tenant: undefined, label: 'first' })).token;
  }

  async make(
    asked: Pick<TokenRecord, 'scope' | 'tenant' | 'label'> & { expiresAt?: number | undefined },
  ): Promise<{ token: string; record: TokenRecord }> {
    const token = `isolet_${randomBytes(32).toString('base64url')}`;
    const { scope, tenant, label, expiresAt } = asked;
    const record = { id: randomBytes(8).toString('hex'), scope, tenant, label, expiresAt, createdAt: Date.now() };
    await this.#storage.tokens.add(record, hashOf(token));
    return { token, record };
  }

  /** Whose token this is. */
  async find(token: string): Promise<Caller | undefined> {
    const hash = hashOf(token);
    if (this.#configured && timingSafeEqual(hash, this.#configured)) {
      return { id: 'configured', scope: 'platform', tenant: undefined };
    }
    const record = await this.#storage.tokens.find(hash);
    if (!record || (record.expiresAt !== undefined && record.expiresAt <= Date.now())) return undefined;
    return record;
  }

  list(tenant?: string): Promise<TokenRecord[]> {
    return this.#storage.tokens.list(tenant);
  }

  async delete(id: string): Promise<void> {
    if (!(await this.#storage.tokens.delete(id))) throw notFound(`token '${id}'`);
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
