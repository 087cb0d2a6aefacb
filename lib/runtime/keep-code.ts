import { coreOf, type Runtime } from './runtime.ts';

/** A text that a runtime has evaluated, and under which name. */
export interface EvaluatedText {
  readonly code: string;
  readonly filename: string;
  readonly module: boolean;
}

/**
 * Keeps what V8 compiled of a text in this runtime, with the functions that were called meanwhile: the next runtime that
 * gets it does not compile it again. Rejects when the runtime has ended or the text does not compile.
 */
export function keepCode(runtime: Runtime, { module, ...script }: EvaluatedText): Promise<void> {
  return coreOf(runtime).programs.keepCodeAsync(script, module);
}
