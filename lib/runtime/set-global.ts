import type { NativeRuntime } from '../native.ts';
import { invalidType } from '../options/invalid.ts';

/**
 * Defines a global of the guest.
 *
 * @throws TypeError the guest has declared a variable of that name, which hides the global
 */
export function setGlobal(native: NativeRuntime, name: string, value: unknown): void {
  if (native.setGlobal(name, value) !== false) return;
  throw invalidType(
    'name',
    name,
    'a name that no script of the guest has declared with let, const or class (the declaration hides the global)',
  );
}
