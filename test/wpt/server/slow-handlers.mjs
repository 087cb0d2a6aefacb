/** Handlers whose answers come piece by piece. */
import { setTimeout as wait } from 'node:timers/promises';

const plain = ['Content-Type', 'text/plain'];
const chunked = ['Transfer-Encoding', 'chunked'];

/** @type {Record<string, import('./handlers.mjs').Handler>} */
export const slowHandlers = {
  '/fetch/api/resources/trickle.py': async (request) => {
    const delay = request.number('ms', 500);
    await wait(delay);
    return {
      headers: request.query.has('notype') ? [] : [plain],
      stream: async (send) => {
        for (let left = request.number('count', 50); left > 0; left--) {
          await wait(delay);
          if (!(await send('TEST_TRICKLE\n'))) return;
        }
      },
    };
  },
  '/fetch/api/resources/bad-chunk-encoding.py': async (request) => {
    const delay = request.number('ms', 1000);
    await wait(delay);
    return {
      headers: [chunked],
      stream: async (send) => {
        for (let left = request.number('count', 50); left > 0; left--) {
          await wait(delay);
          if (!(await send('a\r\nTEST_CHUNK\r\n'))) return;
        }
        await wait(delay);
        await send('garbage');
      },
    };
  },
  // Goes on until the client is gone or somebody puts the abort key; under the state key stands which of the two it is in.
  '/fetch/api/resources/infinite-slow-response.py': (request, stash) => {
    const key = (name) => request.query.get(name) && request.folder + request.query.get(name);
    const state = key('stateKey');
    const abort = key('abortKey');
    if (state) stash.set(state, 'open');
    return {
      headers: [plain],
      stream: async (send) => {
        let open = await send('.'.repeat(2048));
        while (open && !(abort && stash.delete(abort))) {
          await wait(10);
          open = await send('.');
        }
        if (state) stash.set(state, 'closed');
      },
    };
  },
};
