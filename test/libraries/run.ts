import { Runtime } from 'isolet';
import { bundle, forWorkers } from './trial/bundle.ts';

/** An API on the other side of the guest's `fetch`. */
export async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === '/echo') return new Response(request.body, { headers: { 'content-type': 'application/json' } });
  if (pathname === '/v1/models') return Response.json({ object: 'list', data: [{ id: 'm', object: 'model' }] });
  if (pathname === '/v1/customers/c1') return Response.json({ id: 'c1', object: 'customer' });
  if (pathname === '/v1/chat/completions') {
    const parts = ['Hel', 'lo'].map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
    return new Response([...parts, 'data: [DONE]\n\n'].join(''), { headers: { 'content-type': 'text/event-stream' } });
  }
  if (pathname === '/v1/customers/c2') return Response.json({ error: { message: 'none' } }, { status: 404 });
  if (pathname === '/b/k' && request.method === 'PUT') return new Response(null, { headers: { etag: '"e"' } });
  if (pathname === '/b/k') return new Response('text');
  if (pathname === '/b/none') return new Response('<Error><Code>NoSuchKey</Code></Error>', { status: 404 });
  return new Response('no such thing', { status: 404 });
}

/** What the program comes to in a guest. */
export async function inGuest(program: string, folder: string): Promise<unknown> {
  const code = await bundle(program, folder, forWorkers);
  using runtime = new Runtime({ web: { fetch: answer }, maxHeapSize: 64 * 1024 * 1024 });
  return await runtime.evalAsync(`${code}\nbundle.run()`, { timeout: 100_000 });
}
