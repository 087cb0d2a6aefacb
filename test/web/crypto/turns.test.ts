import { describe, expect, it } from 'vitest';
import { Turns } from '../../../lib/web/crypto/turns.ts';
import { deferred } from '../../runtime/support.ts';

describe('turns on the threads that all guests share', () => {
  it('go round among those who wait, and no more run at once than may', async () => {
    const turns = new Turns(2);
    const [a, b, c] = [{}, {}, {}];
    const order: string[] = [];
    let running = 0;
    let most = 0;
    const work = (name: string) => async () => {
      running++;
      most = Math.max(most, running);
      order.push(name);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
    };
    const all = ['a1', 'a2', 'a3', 'a4', 'a5'].map((name) => turns.run(a, work(name)));
    all.push(turns.run(b, work('b1')), turns.run(b, work('b2')), turns.run(c, work('c1')));
    await Promise.all(all);
    expect(most).toBe(2);
    expect(order).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2', 'a5']);
  });

  it('are given back by what fails, and what is forgotten never begins', async () => {
    const turns = new Turns(1);
    const [a, b] = [{}, {}];
    const first = deferred();
    const begun: string[] = [];
    const failing = turns.run(a, () => first.promise);
    const forgotten = turns.run(a, async () => begun.push('forgotten'));
    const last = turns.run(b, async () => begun.push('b'));
    turns.forget(a);
    await expect(forgotten).rejects.toThrow('Nobody waits');
    first.reject(new Error('no'));
    await expect(failing).rejects.toThrow('no');
    await last;
    await turns.run(a, async () => begun.push('again'));
    expect(begun).toEqual(['b', 'again']);
  });
});
