import { vi } from 'vitest';

/**
 * The program of the web's APIs with its native helpers as a global, `ops`, for tests of these: no guest has them
 * otherwise. Call it in `vi.mock('../../lib/guest-file.ts', exposeOps)`; it holds for the whole test file.
 */
export async function exposeOps() {
  const real = await vi.importActual<typeof import('../../lib/guest-file.ts')>('../../lib/guest-file.ts');
  return {
    guestFile: (name: string) => {
      const text = real.guestFile(name);
      if (name !== 'guest-web.js') return text;
      const exposed = text.replace(/function setOps\((\w+)\)\{/, 'function setOps($1){globalThis.ops=$1;');
      if (exposed === text) throw new Error('the program has another setOps');
      return exposed;
    },
  };
}
