import { webcrypto } from 'node:crypto';
import type { Runtime } from 'isolet';

export const { subtle } = webcrypto;

/** Whether this Node has the algorithms of https://wicg.github.io/webcrypto-modern-algos/. */
export const isModern = 'encapsulateBits' in subtle;

/** Calls an async function of the guest; what it rejects with comes as `{ name, message }`. */
export function call<T = unknown>(runtime: Runtime, body: string, ...args: unknown[]): Promise<T> {
  const fn = runtime.eval(`(async (...args) => { ${body} })`) as { callAsync(args: unknown[]): Promise<T> };
  return fn.callAsync(args);
}

/** What `expression` rejects with in the guest: its name, and whether it is a DOMException. */
export async function refusal(runtime: Runtime, expression: string, ...args: unknown[]): Promise<string> {
  return call<string>(
    runtime,
    `try { await (${expression}); return 'nothing'; } catch (error) {
       return error.name + (error instanceof DOMException ? '' : ' (no DOMException)');
     }`,
    ...args,
  );
}

/** So many bytes that look like nothing, the same each time. */
export function bytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    made[i] = state >>> 16;
  }
  return made;
}
