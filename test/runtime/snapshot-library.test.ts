import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { buildSync } from 'esbuild';
import { SnapshotBuilder } from 'isolet';
import { describe, expect, it } from 'vitest';
import { useRuntimes } from './support.ts';

const { make } = useRuntimes();
const root = fileURLToPath(new URL('../..', import.meta.url));

/** A library as `globalThis.library`, in one script. */
function bundle(contents: string, minify: boolean): string {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: root },
    bundle: true,
    format: 'iife',
    globalName: 'library',
    minify,
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

interface Library {
  /** What the bundle exports. */
  exports: string;
  /** Runs before the snapshot is made: what it defines is used after it. */
  setUp: string;
  /** Each gives a value or a text; what it throws is its answer as well. */
  operations: string[];
}

const libraries: Record<string, Library> = {
  acorn: {
    exports: `export * from 'acorn'`,
    setUp: `globalThis.Extended = library.Parser.extend((Base) => class extends Base {
      parseLiteral(value) { const node = super.parseLiteral(value); node.seen = true; return node; }
    });`,
    operations: [
      `JSON.stringify(library.parse('class A { #x = 1; async *f({ a, ...b } = {}) { yield* "t" + a ?? /x(?<n>y)/u; } }',
        { ecmaVersion: 2022, locations: true }))`,
      `JSON.stringify([...library.tokenizer('let ünï = \`a\${1 + 0x1f}b\`; // c', { ecmaVersion: 'latest' })])`,
      `library.parse('a b', { ecmaVersion: 5 })`,
      `JSON.stringify(Extended.parse('f(1, "two")', { ecmaVersion: 2020 }))`,
      `String(library.isIdentifierStart('ℵ'.codePointAt(0))) + library.version`,
    ],
  },
  lodash: {
    exports: `export { default as _ } from 'lodash'`,
    setUp: `globalThis._ = library._; globalThis.render = _.template('<b><%- name %></b><% each(i => { %>[<%= i %>]<% }) %>');
      globalThis.add = _.curry((a, b, c) => a + b + c); globalThis.remember = _.memoize((n) => ({ n }));
      remember(1).mark = 'kept';`,
    operations: [
      `_.chain([3, 1, 2, 1]).uniq().sortBy().map((n) => n * n).value()`,
      `_.groupBy([{ k: 'a', v: 1 }, { k: 'b', v: 2 }, { k: 'a', v: 3 }], 'k')`,
      `const from = { d: new Date(0), m: new Map([[1, { a: /x/gi }]]), s: new Set([1]) }; from.self = from;
        const to = _.cloneDeep(from); [to !== from, to.self === to, +to.d, to.m.get(1).a.flags, _.isEqual(from, to)]`,
      `render({ name: '<x>&', each: (f) => [1, 2].forEach(f) })`,
      `[_.camelCase('Föö bar-baz__QUX'), _.deburr('déjà vu'), _.words('fred, barney & pebbles'), _.startCase('éclair 9b')]`,
      `_.merge({ a: [{ b: 1 }], c: { d: 1 } }, { a: [{ e: 2 }], c: { f: [3] } })`,
      `[add(1)(2)(3), remember(1).mark, remember(2).mark ?? null, _.VERSION]`,
      `[_.get({ a: [{ 'b.c': 5 }] }, 'a[0]["b.c"]'), _.padStart('☃', 4, 'ab'), _.range(0, -4, -1), _.toPath('a.b[0]')]`,
      `_.chunk([1, 2, 3, 4, 5], 2).concat(_.zip([1, 2], ['a', 'b']), [_.flattenDeep([1, [2, [3, [4]]]])])`,
    ],
  },
  zod: {
    exports: `export * from 'zod'`,
    setUp: `const { z } = library;
      globalThis.User = z.object({
        name: z.string().trim().min(2), age: z.coerce.number().int().positive().optional(),
        role: z.enum(['admin', 'user']).default('user'), tags: z.array(z.string()).max(2),
        address: z.union([z.object({ kind: z.literal('po'), box: z.number() }), z.object({ kind: z.literal('st'), no: z.string() })]),
      }).strict();
      globalThis.Tree = z.object({ v: z.number(), get kids() { return z.array(Tree); } });
      globalThis.shown = (result) => result.success ? result.data : result.error.issues;`,
    operations: [
      `User.parse({ name: ' Ada ', age: '36', tags: [], address: { kind: 'po', box: 7 } })`,
      `shown(User.safeParse({ name: 'A', age: -1, tags: ['a', 'b', 'c'], address: { kind: 'st' }, more: 1 }))`,
      `shown(Tree.safeParse({ v: 1, kids: [{ v: 2, kids: [{ v: 'x', kids: [] }] }] }))`,
      `shown(library.z.string().email().safeParse('a@b.example')) + String(library.z.string().email().safeParse('a@').success)`,
      `shown(library.z.string().transform((s) => s.length).pipe(library.z.number().min(3)).safeParse('ab'))`,
      `library.toJSONSchema(User)`,
      `library.prettifyError(User.safeParse({}).error)`,
      `shown(library.z.map(library.z.string(), library.z.date()).safeParse(new Map([['a', new Date(NaN)]])))`,
      `shown(library.discriminatedUnion('t', [library.z.object({ t: library.z.literal(1) })]).safeParse({ t: 2 }))`,
    ],
  },
  'date-fns': {
    exports: `export * from 'date-fns'; export { de, ja } from 'date-fns/locale'`,
    setUp: `globalThis.at = new Date(2024, 1, 29, 13, 5, 9, 7);`,
    operations: [
      `library.format(at, "yyyy-MM-dd'T'HH:mm:ss.SSS EEEE do MMMM yyyy, QQQ, II, B")`,
      `library.format(at, 'PPPPpppp', { locale: library.de }) + library.format(at, 'PPPP', { locale: library.ja })`,
      `[library.addYears(at, 1), library.addMonths(at, 12), library.endOfWeek(at, { weekStartsOn: 1 })].map(String)`,
      `library.formatDistance(at, library.addDays(at, 400), { addSuffix: true, locale: library.de })`,
      `String(library.parse('29.02.2023', 'dd.MM.yyyy', new Date(0)))`,
      `String(library.parseISO('2024-W09-4')) + String(library.parseISO('2024-02-29T12:00:00+05:30').getTime())`,
      `library.intervalToDuration({ start: at, end: new Date(2026, 6, 1) })`,
      `library.eachWeekendOfMonth(at).map((day) => library.formatISO(day))`,
      `library.format(new Date(NaN), 'yyyy')`,
    ],
  },
  marked: {
    exports: `export * from 'marked'`,
    setUp: `globalThis.own = new library.Marked({ gfm: true, breaks: true }, { renderer: {
      link({ href, text }) { return '<a rel="x" href="' + href + '">' + text + '</a>'; } } });`,
    operations: [
      `library.parse('# Ünï *em* **strong** \`code\`\\n\\n- [x] a\\n- b\\n  1. c\\n\\n> quote\\n\\n\`\`\`js\\nlet a = "<b>";\\n\`\`\`')`,
      `library.parse('|a|b|\\n|:-|-:|\\n|1|~~2~~|\\n\\n<div>*raw*</div>\\n\\nhttps://example.com\\n\\n![i](u "t")')`,
      `own.parse('line\\nline [l](https://e.example/?a=1&b=2) &copy; \\\\*not\\\\*')`,
      `JSON.stringify(library.lexer('Term[^1]\\n\\n[ref]: <u> "t"\\n\\nsee [ref], ***both***, \`\`a\`b\`\`'))`,
      `library.parseInline('a _b_ <!-- c --> "q" -- d')`,
      `library.parse(undefined)`,
    ],
  },
  ajv: {
    exports: `export { default as Ajv } from 'ajv'`,
    setUp: `const ajv = new library.Ajv({ allErrors: true, useDefaults: true, coerceTypes: true });
      ajv.addFormat('even', { type: 'number', validate: (n) => n % 2 === 0 });
      ajv.addKeyword({ keyword: 'startsWith', type: 'string', validate: (prefix, text) => text.startsWith(prefix) });
      ajv.addSchema({ $id: 'item', type: 'object', required: ['id'], properties: { id: { type: 'number', format: 'even' } } });
      globalThis.schema = { type: 'object', additionalProperties: false, required: ['items', 'name'], properties: {
        name: { type: 'string', minLength: 2, pattern: '^\\\\p{Lu}', startsWith: 'A' },
        items: { type: 'array', items: { $ref: 'item' }, uniqueItems: true }, n: { type: 'integer', default: 5 },
        next: { $ref: '#' } } };
      globalThis.before = ajv.compile(schema);
      globalThis.ask = (validate, data) => [validate(data), data, validate.errors, ajv.errorsText(validate.errors)];`,
    operations: [
      `ask(before, { name: 'Ada', items: [{ id: 2 }, { id: '4' }] })`,
      `ask(before, { name: 'b', items: [{ id: 3 }, { id: 3 }, {}], next: { name: 'Ab', items: [] }, more: 1 })`,
      `ask(new library.Ajv().compile({ oneOf: [{ type: 'number', maximum: 3 }, { type: 'string', maxLength: 2 }] }), 'abc')`,
      `ask(new library.Ajv().compile({ if: { const: 1 }, then: false, else: { enum: ['é', null] } }), 1)`,
      `new library.Ajv().compile({ type: 'nonsense' })`,
      `ask(new library.Ajv({ $data: true }).compile({ properties: { a: { type: 'number' }, b: { const: { $data: '1/a' } } } }),
        { a: 1, b: 2 })`,
    ],
  },
};

// Each answer on its own line of text: values, texts and what was thrown.
const ask = (operations: string[]) =>
  `[${operations
    .map((operation) => {
      const last = operation.lastIndexOf(';') + 1;
      const statements = /^\s*(const|let) /.test(operation) ? operation.slice(0, last) : '';
      const body = `${statements} return ${operation.slice(statements.length)}`;
      return `(() => { try { return JSON.stringify((() => { ${body} })()) ?? 'undefined'; } catch (e) { return 'threw ' + e; } })()`;
    })
    .join(',\n')}]`;

describe.each(Object.entries(libraries))('%s answers like in plain Node', (name, { exports, setUp, operations }) => {
  it.each([
    ['as it is', false],
    ['minified', true],
  ])('%s', (_, minify) => {
    const source = bundle(exports, minify);
    const context = createContext({});
    runInContext(`${source}\n${setUp}`, context);
    const expected = [...(runInContext(ask(operations), context) as string[])];
    // What is compared is worth comparing.
    expect(expected.filter((answer) => answer.startsWith('threw')).length).toBeLessThanOrEqual(1);
    expect(new Set(expected).size).toBe(operations.length);

    const builder = new SnapshotBuilder({ timeout: 20_000 })
      .executeScript(`${name}.js`, source)
      .executeScript('set-up.js', setUp);
    const [first] = operations;
    const snapshot = builder.warmup(ask([first ?? ''])).build();
    // The second runtime is not the first: nothing of a run is left in what they start from.
    for (let i = 0; i < 2; i++) expect(make({ snapshot }).eval(ask(operations))).toEqual(expected);
  });
});
