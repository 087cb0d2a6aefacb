import { describe, expect, it } from 'vitest';
import { until } from '../../runtime/support.ts';
import { expectSameAsNode, useWebRuntimes } from '../same-as-node.ts';

const { make } = useWebRuntimes();

describe('MessageChannel', () => {
  it('delivers copies in their order, later, each in a turn of its own', async () => {
    await expectSameAsNode(
      make(),
      `const { port1, port2 } = new MessageChannel();
      const calls = [];
      const done = new Promise((resolve) => {
        port2.onmessage = ({ data, target, ports }) => {
          calls.push(data.n, target === port2, ports.length);
          Promise.resolve().then(() => calls.push('microtask'));
          if (data.n === 3) resolve();
        };
      });
      const value = { n: 1 };
      port1.postMessage(value);
      value.n = 2;
      port1.postMessage(value);
      port1.postMessage({ n: 3 });
      calls.push('sync');
      await done;
      await Promise.resolve();
      port1.close();
      return calls;`,
    );
  });

  it('keeps messages until somebody wants them', async () => {
    expect(
      await make().evalAsync(`(async () => {
        const { port1, port2 } = new MessageChannel();
        const calls = [];
        const turn = () => new Promise((done) => setTimeout(done, 5));
        port1.postMessage('early');
        port2.addEventListener('message', ({ data }) => calls.push(data));
        await turn();
        calls.push('not yet');
        port2.start();
        await turn();
        return calls;
      })()`),
    ).toEqual(['not yet', 'early']);
  });

  it('moves ports and buffers', async () => {
    await expectSameAsNode(
      make(),
      `const one = new MessageChannel();
      const two = new MessageChannel();
      const buffer = new ArrayBuffer(8);
      const got = new Promise((resolve) => { one.port2.onmessage = resolve });
      two.port1.postMessage('before');
      one.port1.postMessage({ port: two.port2, buffer }, [two.port2, buffer]);
      const { data, ports } = await got;
      const answer = await new Promise((resolve) => { data.port.onmessage = resolve });
      const result = [buffer.byteLength, data.buffer.byteLength, ports.length, ports[0] === data.port, answer.data];
      one.port1.close(); two.port1.close();
      return result;`,
    );
  });

  // Node 24 answers with a DataCloneError; to Web IDL 5 is no member of a sequence of objects.
  it('takes objects only as what to transfer', async () => {
    const code = `const { port1 } = new MessageChannel();
      try { port1.postMessage(1, [5]); return 'posted' } catch ({ name }) { return name } finally { port1.close() }`;
    expect(await make().evalAsync(`(async () => {${code}})()`)).toBe('TypeError');
  });

  it('refuses what cannot be posted', async () => {
    await expectSameAsNode(
      make(),
      `const { port1, port2 } = new MessageChannel();
      const names = [() => port1.postMessage(() => {}), () => port1.postMessage(1, [port1]), () => port1.postMessage(),
        () => new MessagePort()].map((f) => { try { f(); return 'done' } catch ({ name }) { return name } });
      port1.close();
      return names;`,
    );
  });

  it('tells the other end when one is closed, behind the messages on their way', async () => {
    expect(
      await make().evalAsync(`(async () => {
        const { port1, port2 } = new MessageChannel();
        const calls = [];
        port2.onmessage = ({ data }) => calls.push(data);
        const closed = new Promise((done) => { port2.onclose = (event) => { calls.push(event.type); done() } });
        port1.postMessage('last');
        port1.close();
        port1.postMessage('never');
        await closed;
        return calls;
      })()`),
    ).toEqual(['last', 'close']);
  });

  it('a message belongs to the call that posted it', async () => {
    const runtime = make();
    runtime.eval(`globalThis.calls = []; globalThis.channel = new MessageChannel();
      channel.port2.onmessage = ({ data }) => { calls.push(data); if (data === 'stuck') for (;;); }`);
    await expect(
      runtime.evalAsync(
        'channel.port1.postMessage("stuck"); channel.port1.postMessage("lost"); new Promise(() => {})',
        {
          timeout: 200,
        },
      ),
    ).rejects.toThrow(/time/i);
    await runtime.evalAsync('channel.port1.postMessage("next"); new Promise((done) => setTimeout(done, 20))');
    expect(runtime.eval('calls')).toEqual(['stuck', 'next']);
  });

  it('messages count as no timers, and a flood of them ends in an error', async () => {
    const runtime = make({ maxTimers: 1 });
    runtime.eval(
      `globalThis.got = 0; globalThis.channel = new MessageChannel(); channel.port2.onmessage = () => { got++ }`,
    );
    expect(() => runtime.eval('for (;;) channel.port1.postMessage(1)')).toThrow('Too many tasks');
    await until(() => runtime.eval('got') === 10_000, 'those that were posted');
    expect(runtime.eval('clearTimeout(1); typeof setTimeout(() => {}, 1)')).toBe('number');
  });
});
