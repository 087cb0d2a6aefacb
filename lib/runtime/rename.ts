import { coreOf, type Runtime } from './runtime.ts';

/** Gives a runtime that was made before anybody knew for whom its name. */
export function rename(runtime: Runtime, name: string): void {
  coreOf(runtime).options.name = name;
}
