import { runInThisContext } from 'node:vm';
import { Runtime, type RuntimeOptions } from 'isolet';
import { afterEach, expect } from 'vitest';

/** Runtimes with the web's APIs, closed after each test. */
export function useWebRuntimes(): { make(options?: RuntimeOptions): Runtime } {
  const open: Runtime[] = [];
  afterEach(() => {
    for (const runtime of open.splice(0)) runtime.close();
  });
  return {
    make(options = {}) {
      const runtime = new Runtime({ web: true, ...options });
      open.push(runtime);
      return runtime;
    },
  };
}

/** What `code`, the body of an async function, answers in a guest must be what it answers here, with Node's own classes. */
export async function expectSameAsNode(runtime: Runtime, code: string): Promise<unknown> {
  const program = `(async () => { ${code} })()`;
  const ours = await runtime.evalAsync(program);
  const nodes = await runInThisContext(program);
  expect(ours).toEqual(nodes);
  return ours;
}

/** In a guest and here: name and message of what a function throws. */
export const thrownBy = `
  const thrown = (f) => { try { return { value: f() } } catch (error) { return error.name } };`;
