import { checkInteger, checkMilliseconds, checkOneOf, checkOptions } from './check.ts';
import { invalidType } from './invalid.ts';

/** Whether a layer must stand, may be missing, or is not wanted. */
export type CellWant = 'required' | 'auto' | 'off';

/** Options of {@link createCell}. All have defaults. */
export interface CellOptions {
  /** Whether what of the system a cell can see at all is bounded. Default `'auto'`: as far as the kernel allows. */
  namespaces?: CellWant | undefined;
  /** Whether the kernel bounds what files it can open. Default `'required'`. */
  landlock?: CellWant | undefined;
  /** Private memory that the process may take after its start, in bytes. At least 64 MiB. Default 512 MiB. */
  maxMemory?: number | undefined;
  /** Milliseconds until its walls must stand. Default 30,000. */
  startTimeout?: number | undefined;
  /** Who it is to be, where this process may decide that. Default: the same user. */
  user?: { uid: number; gid: number } | undefined;
}

/** Options after checking; what was left out is left out. */
export type CheckedCellOptions = { [Name in keyof CellOptions]?: NonNullable<CellOptions[Name]> };

const wants: readonly CellWant[] = ['required', 'auto', 'off'];
const names: ReadonlySet<string> = new Set(['namespaces', 'landlock', 'maxMemory', 'startTimeout', 'user']);
const userNames: ReadonlySet<string> = new Set(['uid', 'gid']);
const leastMemory = 64 * 1024 * 1024;
/** Of `maxMemory`. */
export const defaultCellMemory = 512 * 1024 * 1024;
const mostId = 2 ** 32 - 2;

export function checkCellOptions(options: unknown): CheckedCellOptions {
  const given = checkOptions(options, names);
  const { namespaces, landlock, maxMemory, startTimeout, user } = given;
  return {
    ...(namespaces !== undefined && { namespaces: checkOneOf(namespaces, 'namespaces', wants) }),
    ...(landlock !== undefined && { landlock: checkOneOf(landlock, 'landlock', wants) }),
    ...(maxMemory !== undefined && {
      maxMemory: checkInteger(maxMemory, 'maxMemory', leastMemory, Number.MAX_SAFE_INTEGER, 'bytes'),
    }),
    ...(startTimeout !== undefined && { startTimeout: checkMilliseconds(startTimeout, 'startTimeout') }),
    ...(user !== undefined && { user: checkUser(user) }),
  };
}

function checkUser(value: unknown): { uid: number; gid: number } {
  if (typeof value !== 'object' || value === null) throw invalidType('user', value, 'an object { uid, gid }');
  const { uid, gid } = checkOptions(value, userNames, 'user');
  return { uid: checkInteger(uid, 'user.uid', 0, mostId), gid: checkInteger(gid, 'user.gid', 0, mostId) };
}
