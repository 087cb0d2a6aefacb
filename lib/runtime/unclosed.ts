import type { NativeRuntime } from '../native.ts';

/** What is left of a runtime when it is collected. Must not refer to the Runtime, or it never would be. */
interface Remains {
  readonly native: NativeRuntime;
  readonly name: string;
}

let warned = false;

const registry = new FinalizationRegistry<Remains>(({ native, name }) => {
  const wasOpen = native.state() === 'open';
  native.close();
  // A program that forgets one runtime usually forgets many: one warning per process says it.
  if (!wasOpen || warned) return;
  warned = true;
  process.emitWarning(
    `The isolet runtime '${name}' was garbage collected without being closed. It has been closed now; call close() or ` +
      "closeAsync(), or declare it with 'using'. Further runtimes like this are closed without a warning.",
    { code: 'ISOLET_UNCLOSED_RUNTIME' },
  );
});

/** Closes `native` and warns when `runtime` is collected without `forget`. */
export function watchForCollection(runtime: object, native: NativeRuntime, name: string): void {
  registry.register(runtime, { native, name }, runtime);
}

export function forget(runtime: object): void {
  registry.unregister(runtime);
}
