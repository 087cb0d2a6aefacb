const equal = (expression: string): string => `(x) => Object.is(x, ${expression})`;
const each = (list: string): string =>
  `(x) => (${list}).every((y, i) => Object.is(y, x[i])) && x.length === (${list}).length`;
const keys = 'Reflect.ownKeys';
const bytes = (list: string): string => `String(new Uint8Array(x.buffer, x.byteOffset, x.byteLength)) === '${list}'`;

/** Number and subject, an expression for the value, and what must hold on the other side. */
export const rows: [row: string, expression: string, check: string][] = [
  ['V01 undefined', 'undefined', equal('undefined')],
  [
    'V01 undefined as a property and element',
    '{ a: undefined, b: [undefined] }',
    `(x) => 'a' in x && x.a === undefined && 0 in x.b && x.b[0] === undefined`,
  ],
  ['V02 null', 'null', equal('null')],
  ['V02 null inside', '{ a: null, b: [null] }', '(x) => x.a === null && x.b[0] === null'],
  ['V03 true and false', '[true, false]', each('[true, false]')],
  [
    'V04 integers',
    '[0, 1, -1, 127, 128, 2147483647, -2147483648, 2147483648, 4294967295, 1706000000000]',
    each('[0, 1, -1, 127, 128, 2147483647, -2147483648, 2147483648, 4294967295, 1706000000000]'),
  ],
  [
    'V05 fractions and what is not finite',
    '[0.1, -1.5, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE]',
    each('[0.1, -1.5, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE]'),
  ],
  ['V06 minus zero', '-0', equal('-0')],
  [
    'V06 minus zero inside',
    '[-0, { a: -0 }, 0]',
    '(x) => Object.is(x[0], -0) && Object.is(x[1].a, -0) && Object.is(x[2], 0)',
  ],
  [
    'V07 large numbers stay numbers',
    '[2 ** 53, 2 ** 53 + 2, 2 ** 63, 2 ** 64, -(2 ** 63), 1e300]',
    each('[2 ** 53, 2 ** 53 + 2, 2 ** 63, 2 ** 64, -(2 ** 63), 1e300]'),
  ],
  [
    'V08 BigInt stays BigInt, small ones too',
    '[0n, 1n, -1n, 2n ** 63n, 2n ** 64n, -(2n ** 200n), 2n ** 4000n + 1n]',
    each('[0n, 1n, -1n, 2n ** 63n, 2n ** 64n, -(2n ** 200n), 2n ** 4000n + 1n]'),
  ],
  [
    'V09 strings',
    `['', 'a', 'é', '€', '😀', 'a\\0b', 'x'.repeat(5000), '€'.repeat(5000)]`,
    each(`['', 'a', 'é', '€', '😀', 'a\\0b', 'x'.repeat(5000), '€'.repeat(5000)]`),
  ],
  [
    'V09 lone surrogates',
    `['\\ud800', 'x\\udc00y', { '\\udfff': 1 }]`,
    `(x) => x[0] === '\\ud800' && x[1] === 'x\\udc00y' && Object.keys(x[2])[0] === '\\udfff'`,
  ],
  [
    'V10 well-known and registered symbols',
    `[Symbol.iterator, Symbol.asyncIterator, Symbol.for('shared')]`,
    `(x) => x[0] === Symbol.iterator && x[1] === Symbol.asyncIterator && x[2] === Symbol.for('shared')`,
  ],
  [
    'V10 properties named by symbols are left out',
    `{ [Symbol.iterator]: 1, [Symbol('s')]: 2, a: 3 }`,
    `(x) => ${keys}(x).length === 1 && x.a === 3`,
  ],
  [
    'V11 plain objects, in order',
    `{ b: 1, a: 2, 10: 'ten', 2: 'two', '': 0 }`,
    `(x) => Object.getPrototypeOf(x) === Object.prototype && ${keys}(x).join() === '2,10,b,a,'`,
  ],
  [
    'V11 an own __proto__',
    `JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}')`,
    `(x) => ${keys}(x).join() === '__proto__,constructor' && Object.getPrototypeOf(x) === Object.prototype && x.polluted === undefined && Object.getOwnPropertyDescriptor(x, '__proto__').value.polluted === 1`,
  ],
  [
    'V11 no prototype',
    'Object.assign(Object.create(null), { a: Object.create(null) })',
    '(x) => Object.getPrototypeOf(x) === null && Object.getPrototypeOf(x.a) === null',
  ],
  [
    'V11 hidden properties are left out, getters are read',
    `Object.defineProperty({ get g() { return 'got'; } }, 'h', { value: 1 })`,
    `(x) => ${keys}(x).join() === 'g' && Object.getOwnPropertyDescriptor(x, 'g').value === 'got'`,
  ],
  [
    'V12 arrays with holes',
    '[, 1, , undefined, ,]',
    `(x) => Array.isArray(x) && x.length === 5 && Object.keys(x).join() === '1,3'`,
  ],
  [
    'V12 other properties of arrays are dropped',
    'Object.assign([1], { extra: 2 })',
    `(x) => ${keys}(x).join() === '0,length' && x[0] === 1`,
  ],
  [
    'V13 sparse arrays',
    'Object.assign(new Array(100000), { 99999: 1 })',
    `(x) => x.length === 100000 && Object.keys(x).join() === '99999'`,
  ],
  [
    'V15 Set',
    `new Set([3, 1, '1', NaN, -0, new Set([2])])`,
    `(x) => x instanceof Set && [...x].slice(0, 3).join() === '3,1,1' && x.has(NaN) && x.has(0) && [...x][5].has(2)`,
  ],
  [
    'V16 Map',
    `new Map([['b', 1], ['a', new Map([[{ k: 1 }, [2]]])], [undefined, null]])`,
    `(x) => x instanceof Map && [...x.keys()].join() === 'b,a,' && [...x.get('a').keys()][0].k === 1 && x.get(undefined) === null`,
  ],
  ['V18 Date', 'new Date(1704067200123)', '(x) => x instanceof Date && x.getTime() === 1704067200123'],
  [
    'V18 the ends of time',
    '[new Date(8.64e15), new Date(-8.64e15), new Date(-1)]',
    '(x) => x[0].getTime() === 8.64e15 && x[1].getTime() === -8.64e15 && x[2].getTime() === -1',
  ],
  ['V18 an invalid Date', 'new Date(NaN)', '(x) => x instanceof Date && Number.isNaN(x.getTime())'],
  [
    'V19 Uint8Array',
    'new Uint8Array([1, 2, 255])',
    `(x) => Object.getPrototypeOf(x) === Uint8Array.prototype && ${bytes('1,2,255')}`,
  ],
  ['V19 a view of a part', 'new Uint8Array([1, 2, 3, 4]).subarray(1, 3)', `(x) => x.length === 2 && ${bytes('2,3')}`],
  [
    'V20 ArrayBuffer',
    'new Uint8Array([1, 2, 3]).buffer',
    `(x) => x instanceof ArrayBuffer && String(new Uint8Array(x)) === '1,2,3'`,
  ],
  [
    'V20 two views of one buffer',
    '((b) => [new Uint8Array(b), new Uint16Array(b, 2)])(new ArrayBuffer(8))',
    '(x) => x[0].buffer === x[1].buffer && x[1].byteOffset === 2',
  ],
  [
    'V20 a resizable buffer',
    'new ArrayBuffer(4, { maxByteLength: 16 })',
    '(x) => x.resizable && x.byteLength === 4 && x.maxByteLength === 16 && (x.resize(16), x.byteLength === 16)',
  ],
  ...[
    'Int8Array',
    'Uint8ClampedArray',
    'Int16Array',
    'Uint16Array',
    'Int32Array',
    'Uint32Array',
    'Float32Array',
    'Float64Array',
  ].map((type): [string, string, string] => [
    `V21 ${type}`,
    `new ${type}([1, 2, 100])`,
    `(x) => Object.getPrototypeOf(x) === ${type}.prototype && String(x) === '1,2,100'`,
  ]),
  ...['BigInt64Array', 'BigUint64Array'].map((type): [string, string, string] => [
    `V21 ${type}`,
    `new ${type}([1n, 2n ** 62n])`,
    `(x) => Object.getPrototypeOf(x) === ${type}.prototype && x[1] === 2n ** 62n`,
  ]),
  [
    'V22 DataView',
    'new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)',
    `(x) => x instanceof DataView && x.byteOffset === 1 && ${bytes('2,3')}`,
  ],
  [
    'V27 Error',
    `new RangeError('m', { cause: { deep: [1] } })`,
    `(x) => x instanceof RangeError && x.name === 'RangeError' && x.message === 'm' && x.cause.deep[0] === 1 && typeof x.stack === 'string'`,
  ],
  [
    'V27 own properties and name of an Error',
    `Object.assign(new TypeError('m'), { code: 'E_X', name: 'Mine' })`,
    `(x) => x instanceof TypeError && x.code === 'E_X' && x.name === 'Mine'`,
  ],
  [
    'V27 AggregateError',
    `new AggregateError([new URIError('u'), 2], 'many')`,
    `(x) => x instanceof AggregateError && x.errors[0] instanceof URIError && x.errors[1] === 2 && x.message === 'many'`,
  ],
  [
    'V28 an instance of a class is a plain object',
    'new (class P { x = 1; #y = 2; get y() { return this.#y; } m() {} })()',
    `(x) => Object.getPrototypeOf(x) === Object.prototype && ${keys}(x).join() === 'x'`,
  ],
  [
    'V29 boxed primitives',
    `[Object(1), Object(-0), Object('s'), Object(true), Object(2n)]`,
    `(x) => x.every((b) => typeof b === 'object') && x[0] == 1 && Object.is(x[1].valueOf(), -0) && x[2] instanceof String && x[3].valueOf() === true && x[4].valueOf() === 2n`,
  ],
  [
    'V29 RegExp',
    `/a\\/[\\]]+€/giu`,
    `(x) => x instanceof RegExp && String(x) === String(/a\\/[\\]]+€/giu) && x.lastIndex === 0`,
  ],
  [
    'V31 cycles',
    '((o) => { o.self = o; o.list = [o]; o.map = new Map([[o, new Set([o])]]); return o; })({})',
    '(x) => x.self === x && x.list[0] === x && x.map.get(x).has(x)',
  ],
  [
    'V31 an error that is its own cause',
    `((e) => { e.cause = e; return e; })(new Error('loop'))`,
    '(x) => x.cause === x',
  ],
  [
    'V32 what is shared stays shared',
    '((s) => ({ a: s, b: [s], c: new Map([[1, s]]) }))({ n: 1 })',
    '(x) => x.a === x.b[0] && x.a === x.c.get(1)',
  ],
  [
    'V33 what only looks alike stays apart',
    'Array.from({ length: 3000 }, () => ({}))',
    '(x) => new Set(x).size === 3000',
  ],
  [
    'V34 the deepest value that is allowed',
    '((d) => { for (let i = 0; i < 98; i++) d = [d]; return d; })(1)',
    `(x) => { let n = 0; for (; Array.isArray(x); x = x[0]) n++; return n === 98 && x === 1; }`,
  ],
  [
    'V36 keys that look like tags of a protocol',
    `{ __jsrun_type: 'Date', $type: 'undefined', '@@iterator': 1, __proto: 2 }`,
    `(x) => x.__jsrun_type === 'Date' && x.$type === 'undefined' && x['@@iterator'] === 1 && x.__proto === 2`,
  ],
];
