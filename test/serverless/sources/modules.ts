import { type Source, source } from './source.ts';

/** ES modules. */
const ecmascript: readonly Source[] = [
  source('a default arrow function', 'export default (e) => e + 1;', 5),
  source('a default function', 'export default function (e) { return e + 1; }', 5),
  source('a default async function', 'export default async function handler(e) { return e + 1; }', 5),
  source('a default object', 'export default { n: 1, async fetch(e) { return e + this.n; } };', 5),
  source(
    'a default instance',
    'class App { #n = 1; fetch = (e) => e + this.#n; }\nconst app = new App();\nexport default app;',
    5,
  ),
  source('a renamed function', 'const f = (e) => e + 1;\nexport { f as default };', 5),
  source('a renamed function, by a text', 'const f = (e) => e + 1;\nexport { f as "default", f as "any name" };', 5),
  source('a renamed handler', 'const f = (e) => e + 1, g = 1;\nexport { f as handler, g };', 5),
  source('const handler', 'export const handler = async (e) => e + 1;', 5),
  source('let handler, set later', 'export let handler;\nhandler = (e) => e + 1;', 5),
  source('function handler', 'export function handler(e) { return e + 1; }', 5),
  source(
    'const { handler }',
    'const make = () => ({ handler: (e) => e + 1, close() {} });\nexport const { handler, close } = make();',
    5,
  ),
  source('const [handler]', 'export const [handler, rest] = [(e) => e + 1, 2];', 5),
  source('const { a: handler }', 'export const { a: handler } = { a: (e) => e + 1 };', 5),
  source('default before handler', 'export const handler = () => 0;\nexport default (e) => e + 1;', 5),
  source(
    'a default that is none, and a handler',
    'export default { version: 1 };\nexport const handler = (e) => e + 1;',
    5,
  ),
  source(
    'a default class, and a handler',
    'export default class App { static run(e) { return e + 1; } }\nexport const handler = App.run;',
    5,
  ),
  source('a default promise', 'export default Promise.resolve((e) => e + 1);', 5),
  source('a handler that is a promise', 'export const handler = (async () => ({ fetch: (e) => e + 1 }))();', 5),
  source('a name for debuggers, of a module', 'export default (e) => e + 1;\n//# sourceURL=other.js', 5),
  source('top-level await', 'const n = await Promise.resolve(1);\nexport default (e) => e + n;', 5),
  source('a shebang', '#!/usr/bin/env node\nexport default (e) => e + 1;', 5),
  source(
    'comments and a source map',
    '// a\n"use strict";\nexport default (e) => e + 1;\n//# sourceMappingURL=x.js.map',
    5,
  ),
  source('minified', 'var t=e=>e+1;export{t as default};', 5),
  source('import.meta', 'export default () => typeof import.meta;', 'object'),
  source('a WeakMap beside it', 'export const cache = new WeakMap();\nexport default (e) => e + 1;', 5),
  source(
    'symbols, proxies and functions beside it',
    'export const a = Symbol(), b = new Proxy({}, {}), c = () => 1, d = class {}, g = (function* () {})();\nexport default (e) => e + 1;',
    5,
  ),
  source(
    'a getter that throws beside it',
    'export const cfg = { get port() { throw new Error("x"); } };\nexport default (e) => e + 1;',
    5,
  ),
  source(
    'a rejected promise beside it',
    'export const ready = Promise.reject(new Error("x")); ready.catch(() => {});\nexport default (e) => e + 1;',
    5,
  ),
  source('then beside it', 'export const then = (resolve) => resolve({});\nexport default (e) => e + 1;', 5),
  source('it is asynchronous in both ways', 'export default await (async () => async (e) => e + 1)();', 5),
  source(
    'everything else',
    'let n = 0;\nexport { n as count, n };\nexport class Api { static get x() { return 1; } }\nexport async function* stream() { yield n; }\nexport default async (e) => { n++; const out = []; for await (const x of stream()) out.push(x); return out; };',
    [1],
  ),
];

/** CommonJS and UMD, as people and tools write them. */
const commonJs: readonly Source[] = [
  source('module.exports', 'module.exports = (e) => e + 1;', 5),
  source('module.exports without a semicolon', 'module.exports = async function (e) { return e + 1 }', 5),
  source('exports.handler', 'exports.handler = async (e) => e + 1;', 5),
  source('exports.default', 'exports.default = (e) => e + 1;', 5),
  source('an object', 'module.exports = { n: 1, handler(e) { return e + this.n; } };', 5),
  source('an object with fetch', 'const n = 1;\nmodule.exports = { async fetch(e) { return e + n; } };', 5),
  source('both', 'module.exports = exports = (e) => e + 1; exports.version = "1";', 5),
  source('module.exports["handler"]', 'module["exports"]["handler"] = (e) => e + 1;', 5),
  source('this', 'this.handler = (e) => e + 1; void exports;', 5),
  source('declarations before it', 'const one = 1;\nfunction add(e) { return e + one; }\nmodule.exports = add;', 5),
  source(
    'a default inside',
    'Object.defineProperty(exports, "__esModule", { value: true });\nexports.default = { fetch: (e) => e + 1 };',
    5,
  ),
  source(
    'a getter',
    '"use strict";\nObject.defineProperty(exports, "handler", { enumerable: true, get: function () { return h; } });\nvar h = (e) => e + 1;',
    5,
  ),
  source(
    'one sequence, as minifiers write it',
    '"use strict";Object.defineProperty(exports,"__esModule",{value:!0}),exports.handler=void 0,exports.handler=e=>e+1;',
    5,
  ),
  source('a return', 'if (typeof module === "undefined") return;\nmodule.exports = (e) => e + 1;\nreturn;', 5),
  source('a shebang', '#!/usr/bin/env node\n"use strict";\nmodule.exports = (e) => e + 1;\n', 5),
  source('a byte order mark, a shebang, CommonJS', '\ufeff#!/usr/bin/env node\nmodule.exports = (e) => e + 1;', 5),
  source('inside of a block', '{ const n = 1; module.exports = (e) => e + n; }', 5),
  source('a name for debuggers, of CommonJS', '//# sourceURL=a.js\nexports.handler = (e) => e + 1;', 5),
  source('exports.handler is a promise', 'exports.handler = (async () => (e) => e + 1)();', 5),
  source('a promise of it', 'module.exports = (async () => (e) => e + 1)();', 5),
  source(
    'require that is asked for',
    'const fs = (() => { try { return require("fs"); } catch (error) { return error.code; } })();\nmodule.exports = () => [typeof require, fs];',
    ['function', 'MODULE_NOT_FOUND'],
  ),
  source(
    'the word export in a text',
    '// export default nothing\nconst text = "export";\nmodule.exports = (e) => text + e;',
    'export4',
  ),
  source(
    'webpack’s runtime',
    '(()=>{var r={1:(m)=>{m.exports=(e)=>e+1}},c={};function n(i){var o=c[i];if(void 0!==o)return o.exports;var t=c[i]={exports:{}};return r[i](t,t.exports,n),t.exports}var x=n(1);module.exports=x})();',
    5,
  ),
  source(
    'webpack’s UMD',
    '!function(e,t){"object"==typeof exports&&"object"==typeof module?module.exports=t():"function"==typeof define&&define.amd?define([],t):"object"==typeof exports?exports.lib=t():e.lib=t()}(this,(()=>e=>e+1));',
    5,
  ),
  source(
    'rollup’s UMD',
    '(function (global, factory) {\n  typeof exports === "object" && typeof module !== "undefined" ? module.exports = factory() :\n  typeof define === "function" && define.amd ? define(factory) :\n  (global = typeof globalThis !== "undefined" ? globalThis : global || self, global.lib = factory());\n})(this, (function () { "use strict"; return (e) => e + 1; }));\n//# sourceMappingURL=lib.js.map',
    5,
  ),
  source(
    'rollup’s UMD with names',
    '(function (g, f) { typeof exports === "object" && typeof module !== "undefined" ? f(exports) : typeof define === "function" && define.amd ? define(["exports"], f) : f((g.lib = {})); })(this, (function (exports) { "use strict"; exports.handler = (e) => e + 1; Object.defineProperty(exports, "__esModule", { value: true }); }));',
    5,
  ),
  source(
    'UMD of old',
    '(function (root, factory) { if (typeof define === "function" && define.amd) { define([], factory); } else if (typeof module === "object" && module.exports) { module.exports = factory(); } else { root.lib = factory(); } }(typeof self !== "undefined" ? self : this, function () { return function (e) { return e + 1; }; }));',
    5,
  ),
  source(
    'a UMD bundle inside an expression',
    '(() => { (function (g, f) { typeof exports === "object" && typeof module !== "undefined" ? f(exports) : (g = typeof globalThis !== "undefined" ? globalThis : g || self, f(g.Lib = {})); })(this, (x) => { x.v = 1; }); return (e) => e + globalThis.Lib.v; })()',
    5,
  ),
  source(
    'browserify’s prelude',
    'module.exports = (function(){function r(e,n,t){function o(i){if(!n[i]){if(!e[i]){var c="function"==typeof require&&require;if(c)return c(i,!0);throw new Error("x")}var p=n[i]={exports:{}};e[i][0].call(p.exports,function(r){return o(e[i][1][r]||r)},p,p.exports)}return n[i].exports}for(var i=0;i<t.length;i++)o(t[i]);return o}return r})()({1:[function(require,module,exports){module.exports=function(e){return e+1}},{}]},{},[1])(1);',
    5,
  ),
  source(
    'regenerator',
    '"use strict";\nfunction asyncStep(g, ok, no, next, fail, key, arg) { try { var info = g[key](arg), value = info.value; } catch (error) { no(error); return; } info.done ? ok(value) : Promise.resolve(value).then(next, fail); }\nfunction toAsync(f) { return function () { var self = this, args = arguments; return new Promise(function (ok, no) { var g = f.apply(self, args); function next(v) { asyncStep(g, ok, no, next, fail, "next", v); } function fail(v) { asyncStep(g, ok, no, next, fail, "throw", v); } next(undefined); }); }; }\nvar runtime = { v: 1 };\ntry { regeneratorRuntime = runtime; } catch (e) { if (typeof globalThis === "object") globalThis.regeneratorRuntime = runtime; else Function("r", "regeneratorRuntime = r")(runtime); }\nexports.handler = toAsync(function* (e) { return (yield Promise.resolve(e)) + 1; });',
    5,
  ),
  source(
    'helpers of Babel',
    '"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\nexports.default = void 0;\nfunction _typeof(o) { "@babel/helpers - typeof"; return _typeof = "function" == typeof Symbol && "symbol" == typeof Symbol.iterator ? function (o) { return typeof o; } : function (o) { return o && "function" == typeof Symbol && o.constructor === Symbol ? "symbol" : typeof o; }, _typeof(o); }\nfunction _classCallCheck(a, n) { if (!(a instanceof n)) throw new TypeError("Cannot call a class as a function"); }\nfunction _createClass(e, r) { for (var t in r) Object.defineProperty(e.prototype, t, { value: r[t] }); return e; }\nvar Adder = /*#__PURE__*/function () { function Adder(n) { _classCallCheck(this, Adder); this.n = n; } return _createClass(Adder, { add: function add(e) { return e + this.n; } }); }();\nvar _default = exports.default = function _default(e) { return [new Adder(1).add(e), _typeof(e)]; };',
    [5, 'number'],
  ),
];

export const modules: readonly Source[] = [...ecmascript, ...commonJs];
