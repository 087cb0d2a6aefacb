import { Parser } from 'acorn';

/** The code is nested deeper than its checks could follow. */
export class TooDeepError extends Error {
  /** Where in the parsed text the bound was reached. */
  readonly offset: number;

  constructor(offset: number) {
    super('nested too deeply');
    this.offset = offset;
  }
}

/**
 * What a level of each production that calls itself again takes of the stack, in units of about 150 bytes. Every way
 * in which text can be nested passes one of them.
 */
const costs = {
  parseExprOp: 3,
  parseMaybeUnary: 4,
  parseMaybeAssign: 6,
  parseExprAtom: 6,
  parseSubscript: 6,
  parseTemplate: 8,
  parseBindingAtom: 6,
  parseStatement: 8,
  regexp_disjunction: 8,
  regexp_eatClassSetOperand: 8,
};

/**
 * Most units. It leaves more than a third of a guest's stack free: V8 ends an isolate in which it has to compile a
 * regular expression, such as acorn's own, with little stack left.
 */
export const maxUnits = 4000;

type Production = (this: { start: number; units: number }, ...args: unknown[]) => unknown;

function bounded(Base: typeof Parser): typeof Parser {
  class Bounded extends Base {
    units = 0;
  }
  const inherited = Base.prototype as unknown as Record<string, Production>;
  for (const [name, cost] of Object.entries(costs)) {
    const production = inherited[name] as Production;
    const guarded: Production = function (a, b, c, d, e, f, g) {
      this.units += cost;
      if (this.units > maxUnits) throw new TooDeepError(this.start);
      const result = production.call(this, a, b, c, d, e, f, g);
      this.units -= cost;
      return result;
    };
    Object.defineProperty(Bounded.prototype, name, { value: guarded });
  }
  return Bounded;
}

export const BoundedParser: typeof Parser = Parser.extend(bounded);
