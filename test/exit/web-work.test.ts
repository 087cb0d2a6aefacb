import { describe, it } from 'vitest';
import { expectEnd, program } from './support.ts';

/** Guests that hash, encrypt, compress and make keys until the process ends, on as many threads as there are. */
const busy = `
  const { Runtime } = require('isolet');
  const work = \`(async () => {
    const { subtle } = crypto;
    const data = crypto.getRandomValues(new Uint8Array(65536));
    const big = new Uint8Array(2 ** 21);
    const aes = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']);
    const hmac = await subtle.generateKey({ name: 'HMAC', hash: 'SHA-512' }, false, ['sign']);
    const base = await subtle.importKey('raw', data, 'PBKDF2', false, ['deriveBits']);
    const flow = async (format) => {
      const stream = new CompressionStream(format);
      const writer = stream.writable.getWriter();
      writer.write(big); writer.close();
      const reader = stream.readable.getReader();
      while (!(await reader.read()).done);
    };
    for (;;) {
      await subtle.digest('SHA-256', big);
      await subtle.encrypt({ name: 'AES-GCM', iv: data.subarray(0, 12) }, aes, big);
      await subtle.sign('HMAC', hmac, big);
      await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: data.subarray(0, 16), iterations: 5000 }, base, 256);
      await flow('gzip');
      await flow('deflate-raw');
      const pair = await subtle.generateKey('Ed25519', false, ['sign']);
      await subtle.sign('Ed25519', pair.privateKey, data);
    }
  })()\`;
  const runtimes = Array.from({ length: 3 }, () => new Runtime({ web: true, maxHeapSize: 64 * 2 ** 20 }));
  for (const runtime of runtimes) runtime.evalAsync(work).catch(() => {});
`;

describe('a process ends cleanly while guests hash, encrypt, compress and make keys', () => {
  for (const [how, end] of [
    ['by itself', 'for (const runtime of runtimes) runtime.close();'],
    ['by process.exit', 'process.exit(0);'],
  ] as const) {
    it(`${how}, ten times at different moments`, async () => {
      for (let round = 0; round < 10; round++) {
        const ended = await program(`${busy} setTimeout(() => { ${end} }, ${60 + 37 * round});`);
        expectEnd(ended, '');
      }
    });
  }
});
