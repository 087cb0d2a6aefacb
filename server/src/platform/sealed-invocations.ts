import type { Keys } from '../secrets/keys.ts';
import { beginningOf, seal, unseal } from '../secrets/seal.ts';
import type { Storage } from '../storage/storage.ts';
import { cantOpen } from './reseal.ts';

type Part = 'event' | 'result';

/** What an event or a result is bound to beside its tenant; no secret can have such a name. */
const placeOf = (id: string, part: Part): string => `invocation/${id}/${part}`;

/** A part of an invocation as it is kept, and the beginning of the key that has sealed it. */
export function sealPart<P extends Part>(keys: Keys, tenant: string, id: string, part: P, text: string) {
  const sealed = seal(keys, tenant, placeOf(id, part), text);
  return { [part]: sealed, sealedBy: beginningOf(keys.current) } as { [Name in P]: Buffer } & { sealedBy: Buffer };
}

/** @throws {Error} as `unseal` */
export function unsealPart(keys: Keys, tenant: string, id: string, part: Part, sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  return unseal(keys, tenant, placeOf(id, part), bytes);
}

/** How many are in memory at once. */
const step = 100;

/**
 * Seals with the present key what an earlier one has sealed, or what was kept before anything was sealed. Before anybody
 * is served.
 *
 * @throws {Error} if no key opens one
 */
export async function resealInvocations({ invocations }: Storage, keys: Keys): Promise<void> {
  const sealedBy = beginningOf(keys.current);
  for (;;) {
    const some = await invocations.notSealedBy(sealedBy, step);
    const resealed = some.map(({ tenant, id, sealedBy: before, ...parts }) => {
      const again = (part: Part) => {
        const bytes = parts[part];
        if (!bytes || bytes.byteLength === 0) return bytes;
        const text = before.byteLength === 0 ? Buffer.from(bytes).toString() : open(keys, tenant, id, part, bytes);
        return sealPart(keys, tenant, id, part, text)[part];
      };
      return { id, event: again('event') ?? Buffer.alloc(0), result: again('result'), sealedBy };
    });
    await Promise.all(resealed.map((one) => invocations.reseal(one)));
    if (some.length < step) return;
  }
}

function open(keys: Keys, ...which: [tenant: string, id: string, part: Part, sealed: Uint8Array]): string {
  try {
    return unsealPart(keys, ...which);
  } catch (error) {
    throw cantOpen('asynchronous invocations', error);
  }
}
