import type { Runtime } from 'isolet';

/** Sends chunks through a stream of the guest and answers all that comes out, or the name of what it rejected with. */
export async function through(runtime: Runtime, stream: string, chunks: Uint8Array[]): Promise<Uint8Array | string> {
  const run = runtime.eval(`(async (chunks) => {
    const stream = ${stream};
    const writer = stream.writable.getWriter();
    const write = (async () => { for (const chunk of chunks) await writer.write(chunk); await writer.close(); })();
    write.catch(() => {});
    const parts = [];
    try {
      for await (const part of stream.readable) parts.push(part);
      await write;
    } catch (error) { return error.name; }
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { all.set(part, at); at += part.length; }
    return all;
  })`) as { callAsync(args: unknown[]): Promise<Uint8Array | string> };
  return run.callAsync([chunks]);
}
