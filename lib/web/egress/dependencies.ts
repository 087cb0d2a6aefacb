import { createRequire } from 'node:module';
import type * as ipaddrModule from 'ipaddr.js';
import type * as undiciModule from 'undici';
import { DependencyError } from '../../errors/dependency-error.ts';

export type Undici = typeof undiciModule;
export type Ipaddr = typeof ipaddrModule;

/** What to install, by package. */
const versions = { undici: 'undici@7', 'ipaddr.js': 'ipaddr.js@2' } as const;

let loaded: { undici: Undici; ipaddr: Ipaddr } | undefined;

/**
 * The packages behind `egress`, which those that do not use it need not have. Required by a name that no bundler sees, since one
 * that could not find them would stop.
 */
export function dependencies(): { undici: Undici; ipaddr: Ipaddr } {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  const missing: (keyof typeof versions)[] = [];
  let cause: unknown;
  const load = (name: keyof typeof versions): unknown => {
    try {
      return require(name);
    } catch (error) {
      // A version may be for a newer Node.
      if (!isMissing(error, name)) {
        throw new DependencyError('egress()', [name], [versions[name]], { cause: error, broken: true });
      }
      missing.push(name);
      cause ??= error;
      return undefined;
    }
  };
  const found = { undici: load('undici') as Undici, ipaddr: load('ipaddr.js') as Ipaddr };
  if (missing.length > 0) {
    const wanted = missing.map((name) => versions[name]);
    throw new DependencyError('egress()', missing, wanted, { cause });
  }
  loaded = found;
  return found;
}

/** And not something that it needs itself. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'MODULE_NOT_FOUND' && message.includes(`'${name}'`);
}
