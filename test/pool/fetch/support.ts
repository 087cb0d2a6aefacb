import type { PoolFunction } from 'isolet';

/** A function whose module exports an object with these members. */
export function handlers(members: string, rest: Partial<PoolFunction> = {}): PoolFunction {
  return { tenantId: 'acme', name: 'f', code: `export default { ${members} };`, ...rest };
}

export const get = (path = '/', init?: RequestInit): Request => new Request(`http://acme.example${path}`, init);

export const post = (body: unknown, init: RequestInit = {}): Request =>
  get('/', { method: 'POST', body, duplex: 'half', ...init } as RequestInit);

/** A stream of the host that makes a chunk when it is asked for one. */
export function chunks(count: number, size = 1, onPull: (at: number) => unknown = () => undefined): ReadableStream {
  let at = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        await onPull(at);
        if (at++ === count) controller.close();
        else controller.enqueue(new Uint8Array(size).fill(at));
      },
    },
    { highWaterMark: 0 },
  );
}

export const settled = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
