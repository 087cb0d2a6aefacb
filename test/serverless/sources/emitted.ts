import { buildSync, type Format, type Platform, transformSync } from 'esbuild';
import ts from 'typescript';
import { type Source, source } from './source.ts';

interface Input {
  readonly what: string;
  /** Of a module whose `default` or `handler` takes a number. */
  readonly typescript: string;
  readonly answer: unknown;
}

const inputs: readonly Input[] = [
  {
    what: 'types, enums and namespaces',
    typescript: `enum Color { Red = 1, Blue = 'b' }
      namespace Tools { export const one = 1; export type Id = string; }
      interface Event { n: number }
      const enum Flag { On = 4 }
      export const handler = async (event: number): Promise<unknown> => [event + Tools.one, Color[1], Color.Blue, event === Flag.On];
      export type { Event };`,
    answer: [5, 'Red', 'b', true],
  },
  {
    what: 'classes with everything',
    typescript: `abstract class Shape { protected constructor(public readonly name: string, private size = 1) {} abstract area(): number; get big(): boolean { return this.size > 3; } static make(n: number): Shape { return new Square(n); } }
      class Square extends Shape { #side: number; static count = 0; declare extra: string; constructor(side: number) { super('square', side); this.#side = side; Square.count++; } area(): number { return this.#side ** 2; } override toString(): string { return \`\${this.name} \${this.area()}\`; } }
      export default function (event: number): unknown { const shape = Shape.make(event); return [String(shape), shape.big, Square.count > 0]; }`,
    answer: ['square 16', true, true],
  },
  {
    what: 'generators and asynchronous loops',
    typescript: `function* count(n: number): Generator<number> { for (let i = 0; i < n; i++) yield i; }
      async function* later(n: number): AsyncGenerator<number> { for (const x of count(n)) { await null; yield x * 2; } }
      export const handler = async (event: number) => { const out: number[] = []; for await (const x of later(event)) out.push(x); return [...out, ...count(2)]; };`,
    answer: [0, 2, 4, 6, 0, 1],
  },
  {
    what: 'patterns, spreads and operators',
    typescript: `const defaults = { a: 1, b: { c: [2, 3] } };
      export default (event: number, { functionName }: { functionName: string }) => { const { a, b: { c: [, last = 0] = [] }, ...rest } = { ...defaults, event, d: undefined as number | undefined }; const list = [a, ...[last], rest.event ?? 0, rest.d ?? -1]; let x: number | null = null; x ??= 7; return [Math.max(...list), x, (rest as any)?.nothing?.[0]?.(), typeof functionName, 2 ** 3]; };`,
    answer: [4, 7, undefined, 'string', 8],
  },
  {
    what: 'errors, closures and tagged templates',
    typescript: `class Fail extends Error { constructor(message: string, readonly code = 7) { super(message); Object.setPrototypeOf(this, Fail.prototype); } }
      const tag = (parts: TemplateStringsArray, ...values: unknown[]) => parts.raw.join('|') + values.join();
      const fns: (() => number)[] = []; for (let i = 0; i < 3; i++) fns.push(() => i);
      export async function handler(event: number) { try { await Promise.reject(new Fail('no')); } catch (error) { const { message, code } = error as Fail; return [message, code, error instanceof Fail, tag\`a\${event}b\`, fns.map((f) => f())]; } finally { void 0; } }`,
    answer: ['no', 7, true, 'a|b4', [0, 1, 2]],
  },
  {
    what: 'an object with fetch, and unicode names',
    typescript: `const größe = 1; const π = 3; type Ereignis = number;
      const worker = { π, async fetch(ereignis: Ereignis): Promise<number> { return ereignis + größe + this.π; } };
      export default worker; export const 設定 = new Map([['ключ', Symbol('k')]]);`,
    answer: 8,
  },
];

const decorated: Input = {
  what: 'decorators',
  typescript: `const log: string[] = [];
    function named(name: string) { return (_target: any, key?: any, descriptor?: any) => { log.push(name + ':' + (typeof key === 'string' ? key : 'class')); return descriptor; }; }
    @named('a') class Service { @named('b') run(event: number) { return event + 1; } }
    export const handler = (event: number) => [new Service().run(event), log];`,
  answer: [5, ['b:run', 'a:class']],
};

const { ModuleKind, ScriptTarget } = ts;

function tsc(input: Input, module: ts.ModuleKind, target: ts.ScriptTarget, options: ts.CompilerOptions = {}): Source {
  const compilerOptions = {
    module,
    target,
    inlineSourceMap: true,
    esModuleInterop: true,
    downlevelIteration: true,
    ...options,
  };
  const { outputText } = ts.transpileModule(input.typescript, { compilerOptions });
  return source(`tsc ${ModuleKind[module]} ${ScriptTarget[target]}: ${input.what}`, outputText, input.answer);
}

function esbuild(input: Input, format: Format, target: string, minify: boolean): Source {
  const { code } = transformSync(input.typescript, { loader: 'ts', format, target, minify, sourcemap: 'inline' });
  return source(`esbuild ${format} ${target}${minify ? ' minified' : ''}: ${input.what}`, code, input.answer);
}

/** What bundling a program with a library makes of it. */
function bundle(
  what: string,
  contents: string,
  format: Format,
  minify: boolean,
  answer: unknown,
  platform: Platform = 'neutral',
): Source {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    write: false,
    platform,
    mainFields: ['module', 'main'],
    format,
    minify,
  });
  return source(`bundle ${format}${minify ? ' minified' : ''}: ${what}`, outputFiles[0]?.text ?? '', answer);
}

/** For Node it has, in code that never runs, the names of its exports for those who read them from the text. */
const programFor = (platform: Platform, format: Format): Source => ({
  ...bundle('', 'export const handler = (n: number) => n + 1;', format, true, 5, platform),
  what: `a program for ${platform}, minified`,
});

const libraries: readonly [what: string, contents: string, answer: unknown][] = [
  [
    'lodash',
    "import _ from 'lodash';\nexport const handler = (n: number) => _.chunk(_.range(n), 2);",
    [
      [0, 1],
      [2, 3],
    ],
  ],
  [
    'date-fns',
    "import { addDays } from 'date-fns';\nexport default (n: number) => addDays(new Date(0), n).getTime();",
    4 * 86_400_000,
  ],
  [
    'zod',
    "import { z } from 'zod';\nconst N = z.number().min(5);\nexport default { fetch: (n: number) => N.safeParse(n).success };",
    false,
  ],
  [
    'preact',
    "import { h } from 'preact';\nimport { render } from 'preact-render-to-string';\nexport const handler = (n: number) => render(h('b', { id: 'x' }, String(n)));",
    '<b id="x">4</b>',
  ],
];

/** What compilers and bundlers make of TypeScript. */
export function emitted(): readonly Source[] {
  return [
    ...inputs.flatMap((input) => [
      tsc(input, ModuleKind.CommonJS, ScriptTarget.ES5),
      tsc(input, ModuleKind.CommonJS, ScriptTarget.ES2017, { removeComments: true }),
      tsc(input, ModuleKind.ESNext, ScriptTarget.ES2015, { importHelpers: false }),
      tsc(input, ModuleKind.ESNext, ScriptTarget.ES2022),
      tsc(input, ModuleKind.UMD, ScriptTarget.ES2020),
      esbuild(input, 'cjs', 'es2018', false),
      esbuild(input, 'cjs', 'es2022', true),
      esbuild(input, 'esm', 'es2022', true),
    ]),
    tsc(decorated, ModuleKind.CommonJS, ScriptTarget.ES2022, { experimentalDecorators: true }),
    tsc(decorated, ModuleKind.ESNext, ScriptTarget.ES5, { experimentalDecorators: true }),
    ...libraries.flatMap(([what, contents, answer]) => [
      bundle(what, contents, 'cjs', false, answer),
      bundle(what, contents, 'esm', true, answer),
    ]),
    programFor('node', 'cjs'),
    programFor('browser', 'esm'),
  ];
}
