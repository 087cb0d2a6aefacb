// A proxy: both bodies pass through as streams, changed on their way.
import type { Handler } from 'isolet/guest';

interface Env {
  UPSTREAM: string;
}

const upperCase = () =>
  new TransformStream<string, string>({
    transform(chunk, controller) {
      controller.enqueue(chunk.toUpperCase());
    },
  });

export default {
  async fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    const upstream = await fetch(new URL(pathname + search, env.UPSTREAM), {
      method: request.method,
      headers: { 'content-type': request.headers.get('content-type') ?? 'text/plain' },
      body: request.body,
      duplex: 'half',
      redirect: 'manual',
      signal: request.signal,
    });
    const body = upstream.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(upperCase())
      .pipeThrough(new TextEncoderStream());
    return new Response(body ?? null, { status: upstream.status, headers: { via: 'isolet' } });
  },
} satisfies Handler<Env>;
