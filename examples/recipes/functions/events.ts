// Server-sent events: a line each time the platform has news, until the client leaves.
import type { Handler } from 'isolet/guest';

interface Env {
  news: { next(after: number): Promise<{ id: number; text: string } | null> };
}

export default {
  fetch(request, env, ctx) {
    const encoder = new TextEncoder();
    let last = Number(request.headers.get('last-event-id') ?? 0);
    const body = new ReadableStream({
      async pull(controller) {
        const news = await env.news.next(last);
        if (!news) return controller.close();
        last = news.id;
        controller.enqueue(encoder.encode(`id: ${news.id}\ndata: ${JSON.stringify(news.text)}\n\n`));
      },
      cancel() {
        ctx.log('the client has left after', last);
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } });
  },
} satisfies Handler<Env>;
