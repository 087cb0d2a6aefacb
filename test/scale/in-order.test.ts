import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InOrder } from '../../lib/shared/in-order.ts';

const step = fc.oneof(
  fc.record({ what: fc.constantFrom('set', 'delete', 'first'), key: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ what: fc.constant('clear'), key: fc.constant(0) }),
);

test('a map in order is a map, also while it is walked', () => {
  fc.assert(
    fc.property(fc.array(step), fc.array(fc.array(step), { maxLength: 12 }), (before, meanwhile) => {
      const plain = new Map<number, number>();
      const inOrder = new InOrder<number, number>();
      let count = 0;
      const both = ({ what, key }: { what: string; key: number }): void => {
        count++;
        if (what === 'set') {
          plain.set(key, count);
          inOrder.set(key, count);
        } else if (what === 'delete') expect(inOrder.delete(key)).toBe(plain.delete(key));
        else if (what === 'first') expect(inOrder.first).toBe([...plain.keys()][0]);
        else {
          plain.clear();
          inOrder.clear();
        }
        expect(inOrder.size).toBe(plain.size);
        expect(inOrder.get(key)).toBe(plain.get(key));
      };
      before.forEach(both);
      const [walkOfPlain, walk] = [plain.entries(), inOrder.walk()];
      for (const steps of meanwhile) {
        const next = walkOfPlain.next();
        expect(walk.next()).toEqual({ done: next.done === true, value: next.value });
        // A map's own iterator never goes on once it was at the end.
        if (next.done) break;
        steps.forEach(both);
      }
      expect([...inOrder]).toEqual([...plain]);
      expect([...inOrder.keys()]).toEqual([...plain.keys()]);
    }),
  );
});

test('a walk goes on when somebody comes after it was at the end', () => {
  const inOrder = new InOrder<string>();
  const walk = inOrder.walk();
  expect(walk.next().done).toBe(true);
  inOrder.set('a', true);
  expect(walk.next().value).toEqual(['a', true]);
  inOrder.delete('a');
  inOrder.set('b', true);
  expect(walk.next().value).toEqual(['b', true]);
});
