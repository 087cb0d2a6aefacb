import type { KvInfo, KvValue } from '../../bindings/kv/kv-store.ts';
import { notFound, ServerError } from '../../errors/server-error.ts';
import { entryOf } from '../../platform/audit.ts';
import type { Platform } from '../../platform/platform.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { type Operation, operation } from '../operation.ts';
import { ofTenant, toTime } from '../schemas/common.ts';
import { keyName, kvEntry, kvKeys, kvQuery, kvValue, kvWritten } from '../schemas/stores.ts';
import { fromStore } from '../store-failures.ts';

const tag = 'Keys and values';
const path = '/v1/tenants/{tenant}/kv';
const ofKey = ofTenant.extend({ key: keyName });
const missing = { 404: 'There is no such tenant or key.' };
const full = { 409: 'The tenant has no room for it: `limit`.', 503: 'The store failed.' };

/** What functions have as `env.KV`. */
export function kvOperations({ tenants, stores: { kv }, audit }: Platform): Operation[] {
  return [
    operation({
      id: 'listKeys',
      method: 'GET',
      path,
      tag,
      summary: 'Lists keys by their bytes, without values.',
      access: 'tenant',
      params: ofTenant,
      query: kvQuery,
      answers: { 200: { description: 'A page of them.', schema: kvKeys } },
      problems: { 404: 'There is no such tenant.', 503: 'The store failed.' },
      async handle({ params: { tenant }, query: { prefix, limit, cursor } }) {
        await tenants.get(tenant);
        const [after] = fromCursor(cursor, 'string') ?? [];
        const { keys, more } = await fromStore(() => kv.list(tenant, { prefix, after, limit }));
        const last = keys.at(-1);
        return { status: 200, json: { keys: keys.map(showKey), next: more && last ? toCursor(last.key) : null } };
      },
    }),
    operation({
      id: 'getKey',
      method: 'GET',
      path: `${path}/{key}`,
      tag,
      summary: 'One key with its value.',
      access: 'tenant',
      params: ofKey,
      answers: { 200: { description: 'The entry.', schema: kvEntry, headers: ['ETag'] } },
      problems: { ...missing, 503: 'The store failed.' },
      async handle({ params: { tenant, key } }) {
        await tenants.get(tenant);
        const entry = await fromStore(() => kv.get(tenant, key));
        if (!entry) throw notFound(`key '${key}'`);
        const { value, ...info } = entry;
        const json = { ...showKey(info), kind: value.kind, value: showValue(value) };
        return { status: 200, headers: { etag: `"${entry.version}"` }, json };
      },
    }),
    operation({
      id: 'putKey',
      method: 'PUT',
      path: `${path}/{key}`,
      tag,
      summary: 'Writes a value.',
      access: 'tenant',
      params: ofKey,
      body: kvValue,
      maxBody: 32 * 1024 * 1024,
      conditional: true,
      answers: { 200: { description: 'It is written.', schema: kvWritten, headers: ['ETag'] } },
      problems: { ...missing, ...full },
      async handle({ params: { tenant, key }, body, by, request }) {
        await tenants.get(tenant);
        const { keys: maxKeys, bytes: maxBytes, valueBytes } = tenants.limitsOf(tenant).kv;
        const value = 'base64' in body ? bytesOf(body.base64) : kept(body.value);
        if (value.bytes.byteLength > valueBytes) throw tooLarge(value.bytes.byteLength, valueBytes);
        const expiresAt = body.ttl === undefined ? null : Math.ceil(Date.now() + body.ttl);
        const put = { key, value, expiresAt, ...conditionOf(request.headers) };
        const written = await fromStore(() => kv.put(tenant, put, { maxKeys, maxBytes }));
        if (!written.ok || written.version === null) throw changed(written.version);
        await audit.record(entryOf(by, 'kv.put', tenant, key, { bytes: value.bytes.byteLength }));
        const { version } = written;
        return { status: 200, headers: { etag: `"${version}"` }, json: { key, version } };
      },
    }),
    operation({
      id: 'deleteKey',
      method: 'DELETE',
      path: `${path}/{key}`,
      tag,
      summary: 'Takes a key away.',
      access: 'tenant',
      params: ofKey,
      conditional: true,
      answers: { 204: { description: 'It is gone.' } },
      problems: { ...missing, 503: 'The store failed.' },
      async handle({ params: { tenant, key }, by, request }) {
        await tenants.get(tenant);
        const condition = conditionOf(request.headers);
        const { ok, version } = await fromStore(() => kv.delete(tenant, key, condition));
        if (!ok && version === null) throw notFound(`key '${key}'`);
        if (!ok) throw changed(version);
        await audit.record(entryOf(by, 'kv.delete', tenant, key));
        return { status: 204 };
      },
    }),
  ];
}

const showKey = ({ key, version, bytes, expiresAt }: KvInfo) => ({
  ...{ key, version, bytes },
  expiresAt: expiresAt === null ? null : toTime(expiresAt),
});

function showValue({ kind, bytes }: KvValue): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind === 'bytes') return buffer.toString('base64');
  return kind === 'text' ? buffer.toString() : JSON.parse(buffer.toString());
}

const bytesOf = (base64: string): KvValue => ({ kind: 'bytes', bytes: Buffer.from(base64, 'base64') });

const kept = (value: unknown): KvValue =>
  typeof value === 'string'
    ? { kind: 'text', bytes: Buffer.from(value) }
    : { kind: 'json', bytes: Buffer.from(JSON.stringify(value)) };

/** Here a state has the name of its version. */
function conditionOf(headers: NodeJS.Dict<string | string[]>): { ifVersion?: number | null } {
  if (headers['if-none-match'] === '*') return { ifVersion: null };
  const given = headers['if-match'];
  if (given === undefined) return {};
  const [, version] = /^"(\d{1,15})"$/.exec(String(given)) ?? [];
  if (version !== undefined) return { ifVersion: Number(version) };
  const message = 'if-match must be the etag of this key';
  throw new ServerError('ERR_ISOLET_SERVER_INVALID', `${message}.`, { issues: [{ path: ['if-match'], message }] });
}

function changed(version: number | null): ServerError {
  const found = version === null ? 'there is none' : `it is "${version}"`;
  const etag = version === null ? {} : { etag: `"${version}"` };
  return new ServerError('ERR_ISOLET_SERVER_CHANGED', `The value is another than expected: ${found}.`, etag);
}

const tooLarge = (observed: number, value: number): ServerError =>
  new ServerError('ERR_ISOLET_SERVER_TOO_LARGE', `The value has ${observed} bytes, ${value} are allowed.`, {
    ...{ limit: 'kv.valueBytes', value, observed },
  });
