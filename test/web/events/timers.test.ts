import { expect, it } from 'vitest';
import { until } from '../../runtime/support.ts';
import { useWebRuntimes } from '../same-as-node.ts';

const { make } = useWebRuntimes();

it('a timer takes a text, which is converted at once and runs when its time has come', async () => {
  expect(
    await make().evalAsync(`globalThis.calls = [];
      setTimeout({ toString() { calls.push('converted'); return 'calls.push(this === globalThis, typeof calls)' } }, 1, 'unused');
      let id = setInterval("calls.push('interval'); clearInterval(id)", 1);
      globalThis.id = id;
      calls.push('sync');
      new Promise((done) => setTimeout(() => done(calls), 10))`),
  ).toEqual(['converted', 'sync', true, 'object', 'interval']);
});

it('a text is subject to codeGeneration, and what it throws goes where exceptions go', async () => {
  for (const [strings, name] of [
    [true, 'SyntaxError'],
    [false, 'EvalError'],
  ] as const) {
    const runtime = make({ codeGeneration: { strings } });
    const heard: Error[] = [];
    runtime.on('unhandledRejection', (error) => heard.push(error));
    runtime.eval('setTimeout("this is no program", 1)');
    await until(() => heard.length === 1, 'the error');
    expect(heard[0]?.name).toBe(name);
  }
});

it('a timer without arguments or with a text that is none is refused', () => {
  expect(() => make().eval('setTimeout()')).toThrow(/function/);
  expect(() => make().eval('setTimeout(Symbol("x"))')).toThrow(/Symbol/);
  expect(() => make().eval('setInterval({ toString() { throw new RangeError("mine") } })')).toThrow('mine');
});
