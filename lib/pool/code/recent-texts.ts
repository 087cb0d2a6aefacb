import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { Form, FormText } from './forms.ts';

/** Characters: shorter texts are made anew, there is nothing to save. */
const leastKept = 10_000;
/** Characters of all that are kept. */
const mostKept = 4 * 1024 * 1024;

/**
 * The texts of functions that were loaded last. A text that was loaded is one piece by then; making it anew means to put
 * it together and to copy it.
 */
export class RecentTexts {
  readonly #texts = new WeakMap<ResolvedFunction, { readonly form: Form; readonly text: FormText }>();
  /** The oldest first. It keeps no function alive. */
  readonly #order: { readonly of: WeakRef<ResolvedFunction>; readonly length: number }[] = [];
  #length = 0;

  get(fn: ResolvedFunction, form: Form, make: () => FormText): FormText {
    const kept = this.#texts.get(fn);
    if (kept && isSame(kept.form, form)) return kept.text;
    const text = make();
    const { length } = text.code;
    if (kept || length < leastKept || length > mostKept) return text;
    this.#texts.set(fn, { form, text });
    this.#order.push({ of: new WeakRef(fn), length });
    this.#length += length;
    while (this.#length > mostKept) this.#dropOldest();
    return text;
  }

  #dropOldest(): void {
    const oldest = this.#order.shift();
    if (!oldest) return;
    this.#length -= oldest.length;
    const fn = oldest.of.deref();
    if (fn) this.#texts.delete(fn);
  }
}

const endOf = (form: Form): number | undefined => (form.kind === 'expression' ? form.end : undefined);
const isSame = (one: Form, other: Form): boolean => one.kind === other.kind && endOf(one) === endOf(other);
