import type { PlatformApi } from 'isolet';
import type { Storage } from '../storage/storage.ts';

/** What functions find in `env` beside their variables and secrets. */
export function makeBindings(_storage: Storage): PlatformApi {
  return {};
}
