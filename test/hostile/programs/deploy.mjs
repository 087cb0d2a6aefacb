import { group } from '../define.mjs';

const MEBIBYTE = 2 ** 20;

/** Source of different items, as many as fit. */
function fill(item, size = 1_000_000) {
  const items = [];
  for (let i = 0, length = 0; length < size; i++) {
    items.push(item(`a${i.toString(36)}`));
    length += items.at(-1).length;
  }
  return items.join('');
}

const nested = (open, close, levels, inner = '1') => open.repeat(levels) + inner + close.repeat(levels);

/** Deploys one source with the default options; afterwards the same platform has to take an honest one. */
const deploying = (make) => async ({ isolet }) => {
  const server = new isolet.ServerlessRuntime({ log() {} });
  try {
    await server.deploy({ tenantId: 'attacker', name: 'attack', code: make() }).catch((error) => {
      if (error.code !== 'ERR_ISOLET_VALIDATION') throw error;
    });
    await server.deploy({ tenantId: 'honest', name: 'f', code: '() => 42' });
    return await server.invoke('honest', 'f');
  } finally {
    await server.cleanup();
  }
};

const sources = {
  'nested templates': () => `() => ${nested('`${', '}`', 3000)}`,
  'nested tagged templates': () => `() => ${nested('a`${', '}`', 3000)}`,
  'nested arrays with many names': () => `() => ${nested('[', ']', 700, 'a,'.repeat(480_000))}`,
  'nested parentheses': () => `() => ${nested('(', ')', 300_000)}`,
  'nested directives': () => nested('function () { "use strict"; (', ')}', 3000),
  'nested arrow functions with defaults': () => nested('(a = ', ') => 1', 3000),
  'nested groups of a regular expression': () => `() => /${nested('(', ')', 300_000, '')}/`,
  'nested classes of a regular expression': () => `() => /${nested('[', ']', 3000, '')}/v`,
  'one group name many times': () => `() => /${'(?<a>)|'.repeat(140_000)}/`,
  'many group names': () => `() => /${fill((name) => `(?<${name}>)`)}/`,
  'long sum': () => `() => 1${'+1'.repeat(400_000)}`,
  'sum of four thousand': () => `() => 1${'+1'.repeat(4000)}`,
  'long chain of members': () => `() => globalThis${'.a'.repeat(300_000)}`,
  'long chain of calls': () => `() => globalThis${'()'.repeat(300_000)}`,
  'names of one let': () => `() => { let q${fill((name) => `,${name}`)}; }`,
  'many classes': () => `() => { ${fill((name) => `class ${name}{}`)} }`,
  'many functions': () => `() => { ${fill((name) => `function ${name}(){}`)} }`,
  'many exports': () => `export default () => 1; var x; export { x${fill((name) => `,x as ${name}`)} }`,
  'many private names': () => `() => { class A { ${fill((name) => `#${name};`)} } }`,
  'many statements': () => `() => {${'a;'.repeat(520_000)}}`,
  'many unknown names': () => `() => [${fill((name) => `${name},`)}]`,
  'many holes': () => `() => [${','.repeat(1_000_000)}]`,
  'huge number': () => `() => ${'9'.repeat(1_000_000)}n`,
  'many semicolons': () => ';'.repeat(1_000_000),
  'many directives': () => '"use x";'.repeat(120_000),
  'many comments before and behind it': () => `${'/**/'.repeat(120_000)}() => 1;${'//\n;'.repeat(120_000)}`,
  'many comments that do not end': () => `() => 1;${'/*'.repeat(500_000)}`,
  'text that ends what it is put in': () => '() => 1), (() => { for (;;); })(), (2',
  'objects without end where a function is looked for': () =>
    'new Proxy({}, { get: (target, key, self) => new Proxy({}, { get: () => self }) })',
  'a getter without end where a function is looked for': () => '({ get handler() { for (;;); } })',
  'CommonJS that looks for itself': () => 'exports.default = exports; exports.handler = module; module.fetch = exports;',
  'a module that is thenable without end': () => 'export const then = (f) => then(f);\nexport default { then };',
  'a global that never answers whether it is there': () =>
    '(() => { Object.defineProperty(globalThis, [..."abc"].join(""), { get() { for (;;); } }); return () => abc; })()',
  'huge name': () => `() => ${'x'.repeat(1_000_000)}`,
};

const rule = { name: 'own', visit: { Literal: (node, report) => node.value === 'bad' && report('bad') } };

/** Source text as a weapon against the checks that `deploy` makes. */
export default group(
  'deploy',
  // The limit of a check is processor time, of which a busy machine gives it less than all.
  { entry: 'host', blocks: false, expect: ['value'], value: 42, limits: { timeout: 3000, maxHeapSize: 128 * MEBIBYTE }, settleExtra: 9000 },
  [
    ...Object.entries(sources).map(([name, make]) => ({ name, run: deploying(make) })),
    {
      name: 'large tree for a rule of the platform',
      value: ['ERR_ISOLET_VALIDATION', 'deployed'],
      run: async ({ isolet }) => {
        const server = new isolet.ServerlessRuntime({}, { validation: { rules: [rule], unknownNames: false } });
        const outcome = (code) =>
          server.deploy({ tenantId: 'attacker', name: 'attack', memoryMb: 64, code }).then(() => 'deployed', (error) => error.code);
        const outcomes = [await outcome(`() => [${'a,'.repeat(250_000)}]`), await outcome(`() => [${'a,'.repeat(190_000)}]`)];
        await server.cleanup();
        return outcomes;
      },
    },
  ],
);
