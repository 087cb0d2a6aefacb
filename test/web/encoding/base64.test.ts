import { Runtime } from 'isolet';
import { afterAll, describe, expect, test } from 'vitest';
import { Seeded } from '../seeded.ts';

const runtime = new Runtime({ web: true });
afterAll(() => runtime.close());
const guest = <T>(code: string) => runtime.eval(`(() => { ${code} })()`) as T;

/** The result, or the name of what is thrown. Runs in guests as well. */
function attempt(name: 'atob' | 'btoa', text: string): string {
  try {
    return `= ${globalThis[name](text)}`;
  } catch (error) {
    return (error as Error).name;
  }
}
const attemptInGuest = guest<typeof attempt>(`return ${attempt};`);

describe('atob and btoa', () => {
  test('are what they are in Node on any text', () => {
    const random = new Seeded(7);
    const alphabet = [
      'A',
      'b',
      '0',
      '9',
      '+',
      '/',
      '=',
      '=',
      '-',
      '_',
      ' ',
      '\t',
      '\n',
      '\f',
      '\r',
      '\v',
      'é',
      '日',
      '\0',
    ];
    for (let i = 0; i < 6000; i++) {
      const kinds = random.below(2) ? alphabet.slice(0, 6) : alphabet;
      const text = Array.from({ length: random.below(14) }, () => random.pick(kinds)).join('');
      for (const name of ['atob', 'btoa'] as const) {
        expect(attemptInGuest(name, text), `${name} ${JSON.stringify(text)}`).toBe(attempt(name, text));
      }
    }
  });

  test('there and back, short and long', () => {
    const back = guest<(length: number) => boolean>(
      `return (length) => {
        let text = '';
        for (let i = 0; i < length; i++) text += String.fromCharCode((i * 7919) & 0xff);
        return atob(btoa(text)) === text && btoa(text).length === Math.ceil(length / 3) * 4;
      };`,
    );
    for (const length of [0, 1, 2, 3, 4, 1023, 1024, 1025, 400_000]) expect(back(length), `${length}`).toBe(true);
  });

  test('throw a DOMException', () => {
    expect(
      guest(
        `try { atob('a'); } catch (error) { return [Object.prototype.toString.call(error), error.name, error.code]; }`,
      ),
    ).toEqual(['[object DOMException]', 'InvalidCharacterError', 5]);
  });

  test('convert what they get, and look as Web IDL says', () => {
    expect(
      guest(`const { enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(globalThis, 'atob');
        return [btoa(null), atob(' MTI '), btoa({ toString: () => 'x' }), enumerable, writable, configurable,
          atob.name, atob.length, 'prototype' in btoa];`),
    ).toEqual(['bnVsbA==', '12', 'eA==', true, true, true, 'atob', 1, false]);
    expect(guest('try { atob(); } catch (error) { return error.name; }')).toBe('TypeError');
    expect(guest('try { btoa(Symbol()); } catch (error) { return error.name; }')).toBe('TypeError');
  });

  test('a text that does not fit into the guest’s memory is a RangeError', async () => {
    using small = new Runtime({ web: true, maxHeapSize: 24 * 1024 * 1024 });
    expect(await small.evalAsync("try { btoa('a'.repeat(2 ** 24)).length } catch (error) { error.name }")).toBe(
      'RangeError',
    );
    expect(await small.evalAsync("btoa('a')")).toBe('YQ==');
  });
});
