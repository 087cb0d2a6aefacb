import type { ValidationIssue } from 'isolet';
import { describe, expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
type Rule =
  | 'no-eval'
  | 'no-wasm'
  | 'no-shared-memory'
  | 'no-constant-loop'
  | 'no-proto'
  | 'no-constructor-chain'
  | 'no-with'
  | 'no-debugger'
  | 'no-dynamic-import';

describe('a rule finds what it is about', () => {
  test.each<[Rule, string, string]>([
    ['no-eval', '() => eval("1")', '1:7'],
    ['no-eval', '() => (0, eval)("1")', '1:11'],
    ['no-eval', '() => { const run = eval; return run("1"); }', '1:21'],
    ['no-eval', '() => globalThis.eval("1")', '1:7'],
    ['no-eval', '() => eval.call(null, "1")', '1:7'],
    ['no-eval', '() => eval?.("1")', '1:7'],
    ['no-eval', '() => new Function("return 1")()', '1:11'],
    ['no-eval', '() => Function("return 1")()', '1:7'],
    ['no-eval', '() => Function.apply(null, ["return 1"])()', '1:7'],
    ['no-wasm', '() => typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(8))', '1:42'],
    ['no-wasm', '() => new WebAssembly.Module(new Uint8Array(8))', '1:11'],
    ['no-wasm', '() => { const { instantiate } = WebAssembly; return instantiate; }', '1:33'],
    ['no-shared-memory', '() => new SharedArrayBuffer(8)', '1:11'],
    ['no-shared-memory', '(e) => Atomics.add(e, 0, 1)', '1:8'],
    ['no-constant-loop', '() => { while (true) {} }', '1:9'],
    ['no-constant-loop', '() => { for (;;); }', '1:9'],
    ['no-constant-loop', '() => { for (; !0; ); }', '1:9'],
    ['no-constant-loop', '(e) => { do { e++; } while (1); }', '1:10'],
    ['no-proto', '(e) => e.__proto__', '1:8'],
    ['no-constructor-chain', '(e) => e.constructor.constructor("1")', '1:8'],
    ['no-with', '(e) => { with (e) {} }', '1:10'],
    ['no-debugger', '() => { debugger; }', '1:9'],
    ['no-dynamic-import', '() => import("x")', '1:7'],
  ])('%s: %s', async (rule, code, place) => {
    const error = await failure(() => make({}, { validation: { rules: [rule] } }).deploy(spec(code)));
    const [issue, ...others] = error['issues'] as ValidationIssue[];
    expect(others).toEqual([]);
    expect(issue?.message).toContain(`(${rule})`);
    expect(`${issue?.line}:${issue?.column}`).toBe(place);
  });
});

describe('a rule has no false alarms', () => {
  test.each<[Rule, string]>([
    ['no-eval', '(e) => e instanceof Function'],
    ['no-eval', '(e) => e?.constructor === Function || typeof Function === "function"'],
    ['no-eval', '(e) => [Function, Array].includes(e) || Function.prototype.call.call(() => 1)'],
    ['no-eval', '(e) => Function.prototype.bind.call(() => 1, e)() && Function.prototype.toString.call(e => e)'],
    ['no-eval', '(e) => ({ types: { fn: Function } }).types.fn === e'],
    ['no-eval', '() => typeof eval === "function"'],
    ['no-eval', '(e) => e === eval ? 1 : 2'],
    ['no-eval', '() => { const o = { eval: () => 1 }; return o.eval("1"); }'],
    ['no-eval', '(e) => { const eval2 = (eval_) => eval_; return eval2(e); }'],
    ['no-eval', '(e, c, Function = (x) => x) => Function("return 1")'],
    ['no-eval', '() => { class Function {} return new Function("x"); }'],
    ['no-eval', '() => "eval(1); new Function(2)"'],
    ['no-wasm', '(e) => typeof WebAssembly === "object" || e instanceof WebAssembly.Module'],
    ['no-wasm', '(e) => "WebAssembly" in globalThis'],
    ['no-shared-memory', '(e) => e instanceof SharedArrayBuffer || e?.constructor === SharedArrayBuffer'],
    ['no-shared-memory', '(e) => typeof SharedArrayBuffer !== "undefined" && e instanceof SharedArrayBuffer'],
    ['no-constant-loop', 'async (e) => { while (true) { for await (const x of e) x; } }'],
    ['no-constant-loop', 'async (e) => { for (;;) { for await (const x of e) { x; } } }'],
    ['no-constant-loop', '(e) => { for (;;) for (const x of e) x; }'],
    ['no-constant-loop', 'async (e) => { for (;; await e) {} }'],
    ['no-constant-loop', '(e) => { for (;; e.next()) {} }'],
    ['no-constant-loop', '(e) => { for (;;) e`x`; }'],
    ['no-constant-loop', '(e) => { for (;;) [...e]; }'],
    ['no-constant-loop', '(e) => { for (;;) { const [a] = e; } }'],
    ['no-constant-loop', '(e) => { a: for (;;) { for (;;) { continue a; } } }'],
    ['no-constant-loop', '(e) => { while (true) { if (e) return 1; } }'],
    ['no-constant-loop', '(e) => { while (true) switch (e) { default: throw e; } }'],
    ['no-constant-loop', '(function* () { while (true) yield 1; })'],
    ['no-constant-loop', '() => { while (0) {} while ("") {} while (0n) {} while (null) {} do {} while (false) }'],
    ['no-proto', '(e) => ({ __proto__: null, e })'],
    ['no-proto', '(e) => { const __proto__ = 1; return e[__proto__] + "__proto__".length; }'],
    ['no-proto', '(e) => { class A { #__proto__ = 1; get() { return this.#__proto__; } } return new A().get(); }'],
    ['no-constructor-chain', '(e) => e.constructor.name + new e.constructor()'],
    ['no-with', '(e) => ({ with: 1 }).with + [1].with(0, 2)'],
    ['no-debugger', '() => ({ debugger: 1 }).debugger'],
    ['no-dynamic-import', '() => "import(1)" + /import\\(x\\)/.source'],
  ])('%s: %s', async (rule, code) => {
    const deployment = await make({}, { validation: { rules: [rule] } }).deploy(spec(code));
    expect(deployment.active).toBe(true);
  });
});
