import { Runtime, type RuntimeOptions } from 'isolet';
import { expect } from 'vitest';

const AsyncFunction = (async () => {}).constructor as new (code: string) => () => Promise<unknown>;

/** Helpers that the code of both sides finds: what was thrown, as its name; bytes as numbers. */
const prelude = `
  const thrown = async (run) => {
    try { await run(); } catch (error) { return error === null || typeof error !== 'object' ? error : error.name; }
    return 'nothing';
  };
  const bytes = async (it) => [...new Uint8Array(await it.arrayBuffer())];
  const rejects = (promise) => thrown(() => promise);
`;

/** Runs the body of an async function in a guest with the web's APIs. */
export async function inGuest<T = unknown>(code: string, options: RuntimeOptions = {}): Promise<T> {
  using runtime = new Runtime({ web: true, ...options });
  return await runtime.evalAsync<T>(`(async () => {${prelude}${code}})()`);
}

/** The same code has the same result in a guest and with Node's own classes. */
export async function sameAsNode(code: string): Promise<unknown> {
  const [guest, node] = await Promise.all([inGuest(code), new AsyncFunction(prelude + code)()]);
  expect(guest).toEqual(node);
  return guest;
}
