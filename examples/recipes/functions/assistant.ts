// An SDK that talks to an API: its requests go through the host's `egress`. What comes is passed on as it comes.
import type { Handler } from 'isolet/guest';
import OpenAI from 'openai';

interface Env {
  API_URL: string;
  API_KEY: string;
}

export default {
  async fetch(request, env) {
    const { question } = (await request.json()) as { question: string };
    const client = new OpenAI({ apiKey: env.API_KEY, baseURL: env.API_URL, maxRetries: 0 });
    const parts = await client.chat.completions.create(
      { model: 'small', stream: true, messages: [{ role: 'user', content: question }] },
      { signal: request.signal as never },
    );
    const encoder = new TextEncoder();
    const body = new ReadableStream({
      async start(controller) {
        for await (const part of parts) controller.enqueue(encoder.encode(part.choices[0]?.delta.content ?? ''));
        controller.close();
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
  },
} satisfies Handler<Env>;
