import type { NativeRuntime } from '../native.ts';
import type { CheckedCall, Limits } from '../options/call-options.ts';
import type { Calls } from './calls.ts';
import type { SnapshotScript } from './replay.ts';

type ScriptCall = CheckedCall & { filename: string };

/** What running programs needs of the private half of a runtime (core.ts). */
export interface ProgramsOwner {
  readonly limits: Limits;
  readonly calls: Calls;
  readonly closed: boolean;
  native(): NativeRuntime;
  nativeForNewWork(): NativeRuntime;
}

/** Scripts and modules that the host gives a guest to run, each a call of its own. */
export class Programs {
  readonly #owner: ProgramsOwner;

  constructor(owner: ProgramsOwner) {
    this.#owner = owner;
  }

  eval(code: string, call: ScriptCall): unknown {
    const native = this.#owner.nativeForNewWork();
    return this.#owner.calls.run(native, call.signal, (id) =>
      native.eval(id, code, call.filename, call.timeout, call.cpuTimeout),
    );
  }

  evalAsync(code: string, call: ScriptCall): Promise<unknown> {
    const native = this.#owner.nativeForNewWork();
    return this.#owner.calls.start(native, call.signal, (id) =>
      native.evalAsync(id, code, call.filename, call.timeout, call.cpuTimeout),
    );
  }

  evalWrappedAsync(wrapperId: number, args: unknown[], code: string, call: ScriptCall): Promise<unknown> {
    const native = this.#owner.nativeForNewWork();
    return this.#owner.calls.start(native, call.signal, (id) =>
      native.evalWrappedAsync(id, code, call.filename, call.timeout, call.cpuTimeout, wrapperId, args),
    );
  }

  evalModule(specifier: string, call: CheckedCall): unknown {
    const native = this.#owner.nativeForNewWork();
    return this.#owner.calls.run(native, call.signal, (id) =>
      native.evalModule(id, specifier, call.timeout, call.cpuTimeout),
    );
  }

  evalModuleAsync(specifier: string, call: CheckedCall): Promise<unknown> {
    const native = this.#owner.nativeForNewWork();
    return this.#owner.calls.start(native, call.signal, (id) =>
      native.evalModuleAsync(id, specifier, call.timeout, call.cpuTimeout),
    );
  }

  /**
   * Runs a script for its effects before anybody has the runtime; its value might not even cross. As a call like any
   * other: a script that never comes back costs its limit and its isolate, not the thread that waits.
   */
  load({ code, filename }: SnapshotScript, ofSnapshot = false): void {
    const native = this.#owner.native();
    const { timeout, cpuTimeout } = this.#owner.limits;
    this.#owner.calls.run(native, undefined, (id) => native.load(id, code, filename, timeout, cpuTimeout, ofSnapshot));
  }

  async loadAsync({ code, filename }: SnapshotScript, ofSnapshot = false): Promise<void> {
    const native = this.#owner.native();
    const { timeout, cpuTimeout } = this.#owner.limits;
    await this.#owner.calls.start(native, undefined, (id) =>
      native.loadAsync(id, code, filename, timeout, cpuTimeout, ofSnapshot),
    );
  }

  /** Keeps the compiled code of a script that has run here, with what was called of it, for the next runtime. */
  keepCode({ code, filename }: SnapshotScript): void {
    const native = this.#owner.native();
    this.#owner.calls.run(native, undefined, (id) => native.keepCode(id, code, filename, false));
  }

  async keepCodeAsync({ code, filename }: SnapshotScript, module = false): Promise<void> {
    const native = this.#owner.native();
    await this.#owner.calls.start(native, undefined, (id) => native.keepCodeAsync(id, code, filename, module));
  }

  /**
   * Resolves when the turn that answered the last call is over. A call is answered in the middle of its turn: what the
   * turn reports at its end comes after the answer, and before the answer to a call queued behind it.
   */
  async turnEnded(): Promise<void> {
    if (this.#owner.closed) return;
    // Stopped or closed meanwhile: nothing more will be reported.
    await this.loadAsync({ code: '', filename: '<drain>' }).catch(() => undefined);
  }
}
