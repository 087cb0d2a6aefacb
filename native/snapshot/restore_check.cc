#include "snapshot/restore_check.h"

#include "isolate/holder.h"
#include "isolate/no_tasks.h"
#include "v8/strings.h"

namespace isolet {
namespace {

// State made while the snapshot is built, and a function that uses it together with fresh values.
constexpr const char* kProgram = R"js((() => {
  'use strict';
  const letters = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 10, k: 11, l: 12, m: 13, n: 14, o: 15,
    p: 16, q: 17, r: 18, s: 19, t: 20, u: 21, v: 22, w: 23, x: 24, y: 25, z: 26, A: 27, B: 28, C: 29, D: 30, E: 31,
    F: 32, G: 33, H: 34, I: 35, J: 36, K: 37, L: 38, M: 39, N: 40, O: 41, P: 42, Q: 43, R: 44, S: 45, T: 46, U: 47,
    V: 48, W: 49, X: 50, Y: 51, Z: 52, $: 53, _: 54, 0: 55, 9: 56 };
  class Counter {
    #n = 40;
    static #made = 1;
    get n() { return this.#n; }
    add(k) { this.#n += k; return this; }
    static made() { return Counter.#made; }
    #secret() { return 's' + this.#n; }
    tell() { return this.#secret(); }
  }
  const counter = new Counter();
  const constants = new Uint32Array(64);
  const start = new Uint32Array(8);
  {
    let found = 0;
    for (let n = 2; found < 64; n++) {
      let prime = true;
      for (let d = 2; d * d <= n; d++) if (n % d === 0) { prime = false; break; }
      if (!prime) continue;
      if (found < 8) start[found] = Math.floor((Math.sqrt(n) % 1) * 4294967296);
      constants[found++] = Math.floor((Math.cbrt(n) % 1) * 4294967296);
    }
  }
  const rotate = (x, n) => (x >>> n) | (x << (32 - n));
  const sha256 = (text) => {
    const length = text.length;
    const bytes = new Uint8Array(((length + 72) >> 6) << 6);
    for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i);
    bytes[length] = 128;
    const view = new DataView(bytes.buffer);
    view.setUint32(bytes.length - 4, length * 8);
    const h = start.slice();
    const w = new Uint32Array(64);
    for (let at = 0; at < bytes.length; at += 64) {
      for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + i * 4);
      for (let i = 16; i < 64; i++) {
        const s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >>> 3);
        const s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >>> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
      }
      let [a, b, c, d, e, f, g, k] = h;
      for (let i = 0; i < 64; i++) {
        const t1 = (k + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + w[i]) | 0;
        const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        k = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
      }
      [a, b, c, d, e, f, g, k].forEach((x, i) => { h[i] += x; });
    }
    return [...h].map((x) => x.toString(16).padStart(8, '0')).join('');
  };
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const base64 = (text) => {
    let out = '';
    for (let i = 0; i < text.length; i += 3) {
      const [x, y, z] = [text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2)];
      out += alphabet[x >> 2] + alphabet[((x & 3) << 4) | (y >> 4)];
      out += y !== y ? '==' : alphabet[((y & 15) << 2) | (z >> 6)] + (z !== z ? '=' : alphabet[z & 63]);
    }
    return out;
  };
  const map = new Map([['one', 1], [letters, 'object'], [NaN, 'nan']]);
  const set = new Set(['x', 7n, -0]);
  const pattern = /(?<year>\d{4})-(?<month>\d\d)/u;
  const symbol = Symbol('proof');
  const keyed = { [symbol]: 'sym', get late() { return this[symbol] + '!'; } };
  const day = new Date(Date.UTC(2024, 1, 29, 12));
  const big = 2n ** 100n;
  const floats = Float64Array.of(0.1, -0, NaN, 1e300);
  const weak = new WeakMap([[letters, 'weak']]);
  function* series() { let [a, b] = [0, 1]; for (;;) { yield a; [a, b] = [b, a + b]; } }
  return () => {
    const parts = [];
    parts.push(Object.entries(letters).reduce((sum, [k, v]) => (sum * 31 + k.charCodeAt(0) * v) % 1000003, 0));
    parts.push(letters.a, letters.q, letters.Z, letters.$, letters._, letters[9]);
    parts.push(new Counter().add(2).n, counter.n, counter.tell(), Counter.made());
    parts.push(sha256('abc').slice(0, 16), base64('snapshot'), map.get(letters), map.get(NaN), set.has(7n), set.has(0));
    parts.push('on 2024-02-29'.match(pattern).groups.month, keyed.late, day.toISOString(), (big + 1n).toString());
    parts.push(floats[0] + 0.2, Object.is(floats[1], -0), floats[2] !== floats[2], weak.get(letters));
    parts.push([...series().take?.(9) ?? [0, 1, 1, 2, 3, 5, 8, 13, 21]].join(''), JSON.stringify({ z: [1, { y: null }] }));
    parts.push([3, 1, 2].toSorted().join(''), 'ß'.toUpperCase(), `${[...'añ😀'].length}`, parseFloat('1e-7'));
    return parts.join('|');
  };
})())js";

constexpr const char* kAnswer =
    R"(850127|1|17|52|53|54|56|42|40|s40|1|ba7816bf8f01cfea|c25hcHNob3Q=|object|nan|true|true|02|sym!|)"
    R"(2024-02-29T12:00:00.000Z|1267650600228229401496703205377|0.30000000000000004|true|true|weak|)"
    R"(01123581321|{"z":[1,{"y":null}]}|123|SS|3|1e-7)";

// Where the program's function is kept: the proof's context has no other owner.
constexpr const char* kName = "answers";

std::string Ask(v8::Isolate* isolate, uint64_t* heap_bytes) {
  v8::Locker locker(isolate);
  v8::Isolate::Scope isolate_scope(isolate);
  v8::HandleScope scope(isolate);
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Context> context;
  if (v8::Context::New(isolate).IsEmpty()) return "its context does not restore";
  v8::HeapStatistics statistics;
  isolate->GetHeapStatistics(&statistics);
  *heap_bytes = statistics.used_heap_size() + statistics.external_memory();
  if (!v8::Context::FromSnapshot(isolate, kRestoreCheckContext).ToLocal(&context)) return "its proof does not restore";
  v8::Context::Scope context_scope(context);
  v8::Local<v8::Value> function, answer;
  if (!context->Global()->Get(context, Name(isolate, kName)).ToLocal(&function) || !function->IsFunction() ||
      !function.As<v8::Function>()->Call(context, v8::Undefined(isolate), 0, nullptr).ToLocal(&answer) ||
      !answer->IsString()) {
    return "its proof does not run";
  }
  std::string text = ToUtf8(isolate, answer.As<v8::String>(), 4096);
  return text == kAnswer ? "" : "its proof gave a wrong answer (" + text + ")";
}

}  // namespace

v8::MaybeLocal<v8::Context> MakeRestoreCheckContext(v8::Isolate* isolate) {
  v8::EscapableHandleScope scope(isolate);
  v8::TryCatch catcher(isolate);
  v8::Local<v8::Context> context = v8::Context::New(isolate);
  if (context.IsEmpty()) return {};
  v8::Context::Scope context_scope(context);
  v8::Local<v8::String> code;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> function;
  if (!FromUtf8(isolate, kProgram).ToLocal(&code) || !v8::Script::Compile(context, code).ToLocal(&script) ||
      !script->Run(context).ToLocal(&function) ||
      context->Global()->Set(context, Name(isolate, kName), function).IsNothing()) {
    return {};
  }
  return scope.Escape(context);
}

std::string CheckRestore(const std::shared_ptr<IsolatePlatform>& platform, const std::vector<char>& payload,
                         uint64_t* heap_bytes) {
  IsolateRecipe options;
  // Not the owner: it lives as long as this call.
  options.snapshot = std::shared_ptr<const std::vector<char>>(std::shared_ptr<void>(), &payload);
  IsolateHolder holder(platform, options, std::make_shared<NoTasks>());
  std::string wrong = Ask(holder.isolate(), heap_bytes);
  return wrong.empty() ? "" : "The snapshot can't be used: " + wrong + ".";
}

}  // namespace isolet
