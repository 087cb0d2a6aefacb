// What a function may say about a call of `env.KV`.
import { KvError } from './kv-error.ts';
import type { KvCondition, KvList, KvPut } from './kv-store.ts';

/** Bytes of UTF-8. */
const longestKey = 512;
const mostKeys = 1000;
/** ms; a time beyond it is no date. */
const lastMoment = 8.64e15;
/** A surrogate without its other half: UTF-8 has no bytes for it. */
const halfPair = /\p{Cs}/u;

/** @throws {KvError} `KV_KEY` */
export function checkKey(key: unknown): string {
  if (typeof key !== 'string')
    throw new KvError('KV_KEY', `a key is a text, not ${key === null ? 'null' : `a ${typeof key}`}`);
  if (key === '') throw new KvError('KV_KEY', 'a key has at least one character');
  if (key.length > longestKey || Buffer.byteLength(key) > longestKey) {
    throw new KvError('KV_KEY', `a key has at most ${longestKey} bytes`, { limit: longestKey });
  }
  if (halfPair.test(key)) throw new KvError('KV_KEY', 'a key is well-formed Unicode: this one has half of a pair');
  return key;
}

/** @throws {KvError} `KV_OPTION`, as all here */
export function readPut(given: unknown, now: number): Pick<KvPut, 'expiresAt' | 'ifVersion'> {
  const options = readOptions(given, ['ttl', 'expiresAt', 'ifVersion']);
  const { ttl, expiresAt } = options;
  if (ttl !== undefined && expiresAt !== undefined) throw wrong('either ttl or expiresAt');
  if (ttl !== undefined) checkNumber(ttl, 'ttl', 1, lastMoment - now, 'ms');
  if (expiresAt !== undefined) checkNumber(expiresAt, 'expiresAt', 0, lastMoment, 'ms since the epoch');
  const at = ttl !== undefined ? now + (ttl as number) : expiresAt;
  return { expiresAt: at === undefined ? null : Math.ceil(at as number), ...readCondition(options) };
}

export const readDelete = (given: unknown): KvCondition => readCondition(readOptions(given, ['ifVersion']));

export function readList(given: unknown): KvList {
  const { prefix = '', cursor, limit = 100 } = readOptions(given, ['prefix', 'cursor', 'limit']);
  if (typeof prefix !== 'string' || halfPair.test(prefix)) throw wrong('prefix is a text');
  checkNumber(limit, 'limit', 1, mostKeys, 'keys');
  if (!Number.isInteger(limit)) throw wrong('limit is a whole number');
  return {
    prefix,
    after: cursor === undefined || cursor === null ? undefined : readCursor(cursor),
    limit: limit as number,
  };
}

/** A cursor says where its list ended, and nothing that its owner could not say himself. */
function readCursor(cursor: unknown): string {
  const key = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString() : '';
  if (key === '' || Buffer.from(key).toString('base64url') !== cursor) throw wrong('cursor is one that list() gave');
  return key;
}

function readCondition({ ifVersion }: Record<string, unknown>): KvCondition {
  if (ifVersion === undefined) return {};
  if (ifVersion !== null && !Number.isSafeInteger(ifVersion))
    throw wrong('ifVersion is a version, or null where there is to be none');
  return { ifVersion: ifVersion as number | null };
}

function readOptions(given: unknown, known: readonly string[]): Record<string, unknown> {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given))
    throw wrong(`the options are an object with ${known.join(', ')}`);
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw wrong(`'${name}' is not an option: there are ${known.join(', ')}`);
  }
  return { ...given };
}

function checkNumber(value: unknown, name: string, min: number, max: number, unit: string): void {
  if (typeof value === 'number' && value >= min && value <= max) return;
  throw wrong(`${name} is a number from ${min} to ${max} (${unit})`);
}

const wrong = (message: string) => new KvError('KV_OPTION', message);
