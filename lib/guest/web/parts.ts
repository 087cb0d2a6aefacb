/**
 * Parts of this program that the host may ask for, to hand them to what it runs in the guest before the guest's own code:
 * see lib/runtime/web/part.ts.
 */
import type { Parts } from './base/parts.ts';

const handler = () => require('./handler/handler.ts') as typeof import('./handler/handler.ts');

export const parts: Parts = {
  /** What makes Requests for handlers and reads their Responses. */
  handler() {
    const { receive, answer } = handler();
    return { receive, answer };
  },
};
