import { formsOf, shortestSecret } from './forms.ts';
import { addSpan, Matcher } from './matcher.ts';
import { type Copied, redactedCopy } from './redacted-copy.ts';

export const mask = '[redacted]';

/** Takes the values of a function's secrets out of what it logs and of what it fails with. */
export class Redactor {
  readonly #secrets: readonly string[];
  /** Large values make a large one: the collector may take it, a line that is logged makes it again. */
  #matcher: WeakRef<Matcher> | undefined;

  private constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** Nothing if there is nothing to look for: most functions have no secrets. */
  static for(secrets: readonly string[]): Redactor | undefined {
    const long = secrets.filter((secret) => secret.trim().length >= shortestSecret);
    return long.length > 0 ? new Redactor(long) : undefined;
  }

  /** @param isCut the text ends where it was cut off: what may be the beginning of a secret there goes too */
  text(text: string, isCut = false): string {
    const found = this.#match().find(text, shortestSecret);
    const spans = [...found.spans];
    let end = text.length;
    if (isCut && found.open >= shortestSecret) addSpan(spans, end - found.open, end);
    else if (isCut) end = Math.max(end - found.open, spans.at(-1) ?? 0);
    if (spans.length === 0) return text.slice(0, end);
    let clean = '';
    let from = 0;
    for (let i = 0; i < spans.length; i += 2) {
      clean += text.slice(from, spans[i]) + mask;
      from = spans[i + 1] as number;
    }
    return clean + text.slice(from, end);
  }

  /** The failure itself if no secret is in it; otherwise a copy, like it but for the secrets. Nothing is written to. */
  failure(failure: unknown, copied: Copied): unknown {
    try {
      return redactedCopy(failure, (text, isCut) => this.text(text, isCut), copied);
    } catch {
      // Something in it is not what it says it is.
      return new Error(`the invocation failed (${mask})`);
    }
  }

  #match(): Matcher {
    let matcher = this.#matcher?.deref();
    if (!matcher) {
      matcher = new Matcher(formsOf(this.#secrets));
      this.#matcher = new WeakRef(matcher);
    }
    return matcher;
  }
}
