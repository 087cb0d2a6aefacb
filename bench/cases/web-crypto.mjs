// Web Cryptography in a guest, beside Node's own.
import { isoletGuest } from './subjects.mjs';

const ROUNDS = 20;
const checked = (length) => {
  if (length !== 32) throw new Error(`a digest of ${length} bytes`);
};

/** An async function without parameters that digests `size` bytes `ROUNDS` times with the `crypto` it finds. */
const digests = (size) => `async () => {
  const data = new Uint8Array(${size}).fill(7);
  let made;
  for (let i = 0; i < ${ROUNDS}; i += 1) made = await crypto.subtle.digest('SHA-256', data);
  return made.byteLength;
}`;

const signatures = `async () => {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(32), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  let made;
  for (let i = 0; i < ${ROUNDS}; i += 1) made = await crypto.subtle.sign('HMAC', key, new Uint8Array(1024));
  return made.byteLength;
}`;

const crypto = (name, title, source) => ({
  name,
  title,
  variants: {
    async isolet(tools) {
      const guest = isoletGuest(tools, { web: true });
      const fn = guest.fn(source);
      const body = async () => checked(await fn.callAsync([]));
      return { sample: () => tools.timeEachAsync(body, { calls: ROUNDS }), close: guest.close };
    },
    async node(tools) {
      const { runInThisContext } = await import('node:vm');
      const fn = runInThisContext(`(${source})`);
      const body = async () => checked(await fn());
      return { sample: () => tools.timeEachAsync(body, { calls: ROUNDS }) };
    },
  },
});

export default [
  crypto('web-sha-256', 'SHA-256 of 1 MiB', digests(2 ** 20)),
  crypto('web-sha-256-small', 'SHA-256 of 64 bytes', digests(64)),
  crypto('web-hmac', 'HMAC-SHA-256 of 1 kB', signatures),
];
