/** Headers about one connection (RFC 9110, 7.6.1), which nobody hands on. Names in lower case. */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** The further headers that a `connection` header is about; undefined for those that name none. */
export function namedInConnection(value: string | undefined): ReadonlySet<string> | undefined {
  if (value === undefined || value === 'keep-alive' || value === 'close') return undefined;
  const names = value.split(',').map((name) => name.trim().toLowerCase());
  return names.some((name) => name !== 'keep-alive' && name !== 'close') ? new Set(names) : undefined;
}
