// A webhook: who sends it proves it by a signature, and what it says is checked before anything is done.
import type { Handler } from 'isolet/guest';
import { z } from 'zod';

interface Env {
  WEBHOOK_SECRET: string;
  orders: { pay(id: string, amount: number): Promise<void> };
}

const Paid = z.object({
  type: z.literal('order.paid'),
  order: z.object({ id: z.string().min(1), amount: z.number().positive(), receipt: z.url() }),
});

async function isGenuine(body: string, signature: string, secret: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['verify']);
  const bytes = Uint8Array.from(signature.match(/[0-9a-f]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.verify('HMAC', key, bytes, encoder.encode(body));
}

export default {
  async fetch(request, env, ctx) {
    if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } });
    const body = await request.text();
    if (!(await isGenuine(body, request.headers.get('x-signature') ?? '', env.WEBHOOK_SECRET))) {
      return new Response('wrong signature', { status: 401 });
    }
    const { success, data, error } = Paid.safeParse(JSON.parse(body));
    if (!success) return Response.json({ issues: error.issues.map(({ path }) => path.join('.')) }, { status: 422 });
    // The sender need not wait for what is done about it.
    ctx.waitUntil(env.orders.pay(data.order.id, data.order.amount));
    return new Response(null, { status: 202 });
  },
} satisfies Handler<Env>;
