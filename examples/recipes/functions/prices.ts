// TypeScript with a file of its own beside it, for the stack trace of what fails there.
import type { Handler } from 'isolet/guest';
import { priceOf } from './price-list.ts';

export default {
  fetch(request) {
    const name = new URL(request.url).pathname.slice(1);
    return Response.json({ name, price: priceOf(name) });
  },
} satisfies Handler;
