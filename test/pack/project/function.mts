// Has to compile against the types of guests alone, whatever else is installed beside.
import type { Handler } from 'isolet/guest';

export default {
  async fetch(request, _env, ctx) {
    ctx.waitUntil(fetch('https://example.com/', { signal: request.signal }));
    return new Response(new URL(request.url).pathname);
  },
} satisfies Handler;

// @ts-expect-error: there is no Node
process.exit();
// @ts-expect-error: and no document
document.title = '';
