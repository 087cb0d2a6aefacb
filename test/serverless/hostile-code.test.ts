import { getProcessStats, type ValidationIssue } from 'isolet';
import { describe, expect, test } from 'vitest';
import { expectEnd, program } from '../exit/support.ts';
import { failure, heartbeat } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
const mebibyte = 1024 * 1024;

/** Text of different items, as many as fit into one MiB. */
function fill(item: (id: string) => string, size = mebibyte - 100): string {
  const items: string[] = [];
  for (let i = 0, length = 0; length < size; i++) {
    const next = item(`a${i.toString(36)}`);
    items.push(next);
    length += next.length;
  }
  return items.join('').slice(0, size);
}

const nested = (open: string, close: string, levels: number, inner = '1') =>
  `() => ${open.repeat(levels)}${inner}${close.repeat(levels)}`;

const deep = 'the code is nested too deeply to be checked';
const slow =
  'the code is too large or nested too deeply to be checked: its checks took more than 3000 ms of processor time';

const large = 'the code is too large or nested too deeply to be checked: its checks took more than 128 MiB of memory';

describe('code that is too much for the checks is an issue', () => {
  test.each([
    ['templates', nested('`${', '}`', 3000), deep],
    ['brackets', nested('[', ']', 700, 'a,'.repeat(480_000)), deep],
    ['parentheses', nested('(', ')', 300_000), deep],
    ['arrow functions', nested('a => ', '', 180_000), deep],
    ['tagged templates', nested('a`${', '}`', 100_000), deep],
    ['groups of a regular expression', nested('(', ')', 100_000, '').replace('(', '/(').concat('/'), deep],
    ['classes of a regular expression', `() => /${'['.repeat(3000)}${']'.repeat(3000)}/v`, deep],
    ['a sum of 4,000 numbers', `() => 1${'+1'.repeat(4000)}`, deep],
    ['a chain of members', `() => globalThis${'.a'.repeat(300_000)}`, deep],
    ['a chain of calls', `() => globalThis${'()'.repeat(300_000)}`, deep],
    ['names of one let', `() => { let q${fill((id) => `,${id}`)}`.replace(/,\w*$/, '; }'), slow],
    ['statements without end', `() => {${'a;'.repeat(520_000)}}`, large],
    ['one group name many times', `() => /${'(?<a>)|'.repeat(140_000)}/`, slow],
  ])('%s', async (_, code, message) => {
    const serverless = make({ add: () => 1 });
    await serverless.deploy(spec('() => 1'));
    const { result, pause } = await heartbeat(() => failure(() => serverless.deploy(spec(code))));
    expect(result).toMatchObject({ code: 'ERR_ISOLET_VALIDATION', issues: [{ message, path: ['code'] }] });
    // Without a guest of its own the loop stands still as long as that takes: from seconds to for ever.
    expect(pause).toBeLessThan(1000);
    // The next one is checked as if nothing had been, and the version before is in force.
    expect(await failure(() => serverless.deploy(spec('() => gone +')))).toMatchObject({
      issues: [{ message: 'syntax error: unexpected end of the code', line: 1, column: 13 }],
    });
    expect(await serverless.invoke('acme', 'f')).toBe(1);
  });
});

test('the event loop turns while large code is checked, and code of one MiB is accepted', async () => {
  const serverless = make();
  const code = `() => { ${fill((id) => `var ${id} = [1, { b: 2 }];`, 900_000).replace(/[^;]*$/, '')} }`;
  const { result, turns, pause } = await heartbeat(() => serverless.deploy(spec(code, { memoryMb: 64 })));
  expect(result.active).toBe(true);
  expect(turns).toBeGreaterThan(10);
  expect(pause).toBeLessThan(500);
});

test('a tenant whose code takes long to check has others wait for one check and no more', async () => {
  const serverless = make();
  const slowCode = `() => /${'(?<a>)|'.repeat(140_000)}/`;
  const order: string[] = [];
  const deploy = (tenantId: string, name: string, code: string) =>
    serverless
      .deploy({ tenantId, name, code })
      .catch(() => {})
      .finally(() => order.push(`${tenantId} ${name}`));
  await Promise.all([
    deploy('evil', 'a', slowCode),
    deploy('evil', 'b', slowCode),
    deploy('evil', 'c', '() => 1'),
    deploy('good', 'd', '() => 1'),
  ]);
  expect(order).toEqual(['evil a', 'good d', 'evil b', 'evil c']);
}, 240_000);

test('cleanup() stops a check', async () => {
  const serverless = make();
  const refused = failure(() => serverless.deploy(spec(`() => /${'(?<a>)|'.repeat(140_000)}/`)));
  await serverless.cleanup();
  expect(await refused).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
});

test('an idle checker goes by itself', async () => {
  const before = getProcessStats().liveIsolates;
  const serverless = make({}, { pool: { stock: 0 } });
  await serverless.deploy(spec('() => 1'));
  expect(getProcessStats().liveIsolates).toBe(before + 1);
  await expect.poll(() => getProcessStats().liveIsolates).toBe(before);
});

test('a thousand issues or warnings are a hundred and a number', async () => {
  const code = `() => [${fill((id) => `x${id},`, 6000)}]`;
  const strict = make({}, { validation: { rules: ['unknown-names'] } });
  const issues = (await failure(() => strict.deploy(spec(code))))['issues'] as ValidationIssue[];
  expect(issues).toHaveLength(101);
  expect(issues.at(-1)?.message).toMatch(/^there are \d+ more issues$/);
  const { warnings } = await make().deploy(spec(code));
  expect(warnings).toHaveLength(101);
  expect(warnings.at(-1)?.message).toBe(issues.at(-1)?.message.replace('issues', 'warnings'));
});

describe('rules of the platform', () => {
  const seen: unknown[] = [];
  const rule = {
    name: 'own',
    visit: {
      Literal: (node: object, report: (message: string) => void) => {
        const { value, loc, bigint } = node as { value: unknown; loc: unknown; bigint?: string };
        seen.push([value, loc, bigint]);
        if (value === 'bad') report('bad');
      },
    },
  };

  test('see the nodes as acorn makes them', async () => {
    const serverless = make({}, { validation: { rules: ['no-debugger', rule] } });
    const code = '() => {\n  debugger;\n  return [/a(b)/g, 12n, 1e999, null, true, 1.5, "bad"];\n}';
    expect(await failure(() => serverless.deploy(spec(code)))).toMatchObject({
      issues: [
        { message: "'debugger' is not allowed (no-debugger)", line: 2, column: 3 },
        { message: 'bad (own)', line: 3, column: 49 },
      ],
    });
    const at = (from: number, to: number) => ({ start: { line: 3, column: from }, end: { line: 3, column: to } });
    expect(seen).toEqual([
      [/a(b)/g, at(10, 17), undefined],
      [12n, at(19, 22), '12'],
      [Number.POSITIVE_INFINITY, at(24, 29), undefined],
      [null, at(31, 35), undefined],
      [true, at(37, 41), undefined],
      [1.5, at(43, 46), undefined],
      ['bad', at(48, 53), undefined],
    ]);
  });

  test.each([
    ['more than 200000 nodes', `() => [${'a,'.repeat(250_000)}]`],
    ['more than 250 levels', `() => 1${'+1'.repeat(300)}`],
  ])('are not asked about %s', async (what, code) => {
    const serverless = make({}, { validation: { rules: [rule], unknownNames: false } });
    const { result, pause } = await heartbeat(() => failure(() => serverless.deploy(spec(code))));
    const message = `the code is too large or nested too deeply for the platform's rules: its syntax tree has ${what}`;
    expect(result).toMatchObject({ issues: [{ message }] });
    expect(pause).toBeLessThan(500);
  });

  test('leave the event loop turning', async () => {
    const serverless = make({}, { validation: { rules: [rule], unknownNames: false } });
    const { turns, pause } = await heartbeat(() =>
      serverless.deploy({ ...spec(`() => [${'a,'.repeat(190_000)}]`), memoryMb: 64 }),
    );
    expect(turns).toBeGreaterThan(10);
    expect(pause).toBeLessThan(500);
  });
});

// On Node 20 V8 ended the process where acorn's regular expressions were compiled with little stack left: those of a
// process, or of a guest, that had parsed nothing before.
test.each([100, 780, 2000, 3000])(
  '%i nested templates are the first code that a process deploys',
  async (levels) => {
    expectEnd(
      await program(`const { ServerlessRuntime, getProcessStats } = require('isolet');
      (async () => {
        const serverless = new ServerlessRuntime({});
        const code = '() => ' + '\`\${'.repeat(${levels}) + '1' + '}\`'.repeat(${levels});
        const done = await serverless.deploy({ tenantId: 'a', name: 'f', code }).then(() => 'deployed', (e) => e.code);
        await serverless.cleanup();
        console.log(done, getProcessStats().lostIsolates);
      })();`),
      `${levels > 100 ? 'ERR_ISOLET_VALIDATION' : 'deployed'} 0\n`,
    );
  },
  60_000,
);

test('no guest is lost, wherever in its stack the parser has to stop', async () => {
  // The operators move the place by a little each: without a bound of the nesting about half of these guests were lost.
  expectEnd(
    await program(`const { ServerlessRuntime, getProcessStats } = require('isolet');
    (async () => {
      const codes = new Set();
      for (let operators = 0; operators < 12; operators++) {
        const serverless = new ServerlessRuntime({});
        const code = '() => ' + '!'.repeat(operators) + '\`' + '\${\`'.repeat(2000);
        await serverless.deploy({ tenantId: 'a', name: 'f', code }).catch((e) => codes.add(e.code));
        await serverless.cleanup();
      }
      console.log([...codes].join(), getProcessStats().lostIsolates);
    })();`),
    'ERR_ISOLET_VALIDATION 0\n',
  );
});
