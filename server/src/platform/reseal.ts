import type { Keys } from '../secrets/keys.ts';
import { beginningOf, seal, unseal } from '../secrets/seal.ts';
import type { Storage } from '../storage/storage.ts';

/**
 * Seals with the present key what an earlier one has sealed, before anybody is served. Afterwards the earlier key can be
 * forgotten.
 *
 * @returns how many secrets that were
 * @throws {Error} if there are secrets that no key opens; nothing has changed then
 */
export async function reseal({ secrets }: Storage, keys: Keys): Promise<number> {
  const foreign = await secrets.notBeginningWith(beginningOf(keys.current));
  const resealed = foreign.map((secret) => {
    const { tenant, name, sealed } = secret;
    try {
      return { ...secret, sealed: seal(keys, tenant, name, unseal(keys, tenant, name, sealed)) };
    } catch (error) {
      throw cantOpen(`${foreign.length} secrets`, error);
    }
  });
  await Promise.all(resealed.map(({ tenant, ...secret }) => secrets.put(tenant, secret)));
  return resealed.length;
}

/** @param what - was sealed with another key. @param error - of one of them */
export const cantOpen = (what: string, error: unknown): Error =>
  new Error(
    `${what} can't be opened with ISOLET_SERVER_KEY (one: ${(error as Error).message}). Start with the key that they were sealed with, or give it as ISOLET_SERVER_PREVIOUS_KEY beside the new one.`,
  );
