// `env.KV`, as functions see it: keys and values of their tenant.
import type { CallerContext } from 'isolet';
import type { KvLimits } from '../../config/binding-limits.ts';
import type { Accounts } from '../account.ts';
import { plainJson } from '../plain-json.ts';
import type { UseBook } from '../use-book.ts';
import { KvError } from './kv-error.ts';
import { checkKey, readDelete, readList, readPut } from './kv-options.ts';
import type { KvEntry, KvStore, KvValue } from './kv-store.ts';

/** @param limitsOf - of a tenant's tier */
export function makeKvApi(store: KvStore, limitsOf: (tenant: string) => KvLimits, accounts: Accounts, uses: UseBook) {
  const enter = (caller: CallerContext, kind: 'kvReads' | 'kvWrites'): KvLimits => {
    const limits = limitsOf(caller.tenantId);
    if (accounts.add(caller, 'kv.calls', 1) <= limits.calls) {
      uses.add(caller, { [kind]: 1 });
      return limits;
    }
    const limit = limits.calls;
    throw new KvError('KV_LIMIT', `the invocation has made ${limit} calls of KV (kv.calls)`, {
      quota: 'kv.calls',
      limit,
    });
  };
  const find = async (caller: CallerContext, key: unknown) => {
    enter(caller, 'kvReads');
    const entry = await store.get(caller.tenantId, checkKey(key));
    if (entry) uses.add(caller, { kvBytesRead: entry.bytes });
    return entry;
  };
  return {
    get: {
      handler: async (caller: CallerContext, key: unknown) => {
        const entry = await find(caller, key);
        return entry ? contentOf(entry.value) : null;
      },
    },
    getEntry: {
      handler: async (caller: CallerContext, key: unknown) => {
        const entry = await find(caller, key);
        return entry ? answerOf(entry) : null;
      },
    },
    put: {
      handler: async (caller: CallerContext, key: unknown, value: unknown, options?: unknown) => {
        const { keys, bytes, valueBytes } = enter(caller, 'kvWrites');
        const put = { key: checkKey(key), value: storable(value, valueBytes), ...readPut(options, Date.now()) };
        const size = Buffer.byteLength(put.key) + put.value.bytes.byteLength;
        const written = await store.put(caller.tenantId, put, { maxKeys: keys, maxBytes: bytes });
        if (written.ok) uses.add(caller, { kvBytesWritten: size });
        return written;
      },
    },
    delete: {
      handler: async (caller: CallerContext, key: unknown, options?: unknown) => {
        enter(caller, 'kvWrites');
        return (await store.delete(caller.tenantId, checkKey(key), readDelete(options))).ok;
      },
    },
    list: {
      handler: async (caller: CallerContext, options?: unknown) => {
        enter(caller, 'kvReads');
        const { keys, more } = await store.list(caller.tenantId, readList(options));
        uses.add(caller, { kvBytesRead: keys.reduce((sum, { key }) => sum + Buffer.byteLength(key), 0) });
        const last = keys.at(-1);
        return { keys, cursor: more && last ? Buffer.from(last.key).toString('base64url') : null };
      },
    },
  };
}

function answerOf({ value, ...info }: KvEntry) {
  return { ...info, value: contentOf(value) };
}

function contentOf({ kind, bytes }: KvValue): unknown {
  if (kind === 'bytes') return bytes;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  return kind === 'text' ? text : JSON.parse(text);
}

/** Texts stay texts and bytes stay bytes; everything else is JSON. */
function storable(value: unknown, maxBytes: number): KvValue {
  const refuse = (why: string) =>
    new KvError('KV_VALUE', `the value cannot be kept: ${why} (kv.valueBytes)`, {
      quota: 'kv.valueBytes',
      limit: maxBytes,
    });
  const tooLong = () => refuse(`it is longer than ${maxBytes} bytes`);
  if (typeof value === 'string') {
    if (value.length > maxBytes || Buffer.byteLength(value) > maxBytes) throw tooLong();
    return { kind: 'text', bytes: Buffer.from(value) };
  }
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    if (value.byteLength > maxBytes) throw tooLong();
    const bytes =
      value instanceof ArrayBuffer
        ? new Uint8Array(value)
        : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return { kind: 'bytes', bytes };
  }
  const notJson = (why: string) => new KvError('KV_VALUE', `the value cannot be kept: ${why}`, { limit: maxBytes });
  return { kind: 'json', bytes: Buffer.from(plainJson(value, maxBytes, notJson)) };
}
