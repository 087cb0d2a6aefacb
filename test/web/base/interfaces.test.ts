import { webcrypto } from 'node:crypto';
import type { Runtime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { useRuntimes } from '../../runtime/support.ts';
import { interfaces } from './interfaces.ts';

const runtimes = useRuntimes();

/** Of newer Node: https://wicg.github.io/webcrypto-modern-algos/. */
const modern = /^(?:encapsulate|decapsulate|getPublicKey|supports)/;
const hasModern = 'encapsulateBits' in webcrypto.subtle;

interface Described {
  readonly name: string;
  readonly length: number;
  readonly parent: string;
  /** Each as `kind length flags`. */
  readonly prototype: Record<string, string>;
  readonly statics: Record<string, string>;
}

const describeAll = (runtime: Runtime, names: readonly string[]) =>
  runtime.eval<Record<string, Described>>(`(() => {
    const flags = (d) => (d.enumerable ? 'e' : '') + (d.writable ? 'w' : '') + (d.configurable ? 'c' : '');
    const kind = (d, key) =>
      d.get ? 'attribute' + (d.get.name === 'get ' + key ? '' : ' ' + d.get.name) + (d.set && d.set.length !== 1 ? ' set' + d.set.length : '')
      : typeof d.value === 'function' ? 'method ' + d.value.length + (d.value.name === key ? '' : ' ' + d.value.name)
      : 'value';
    const members = (object) => Object.fromEntries(Object.entries(Object.getOwnPropertyDescriptors(object))
      .map(([key, d]) => [key, kind(d, key) + ' ' + flags(d)]));
    return Object.fromEntries(${JSON.stringify(names)}.map((name) => {
      const Class = globalThis[name];
      return [name, { name: Class.name, length: Class.length, parent: Object.getPrototypeOf(Class).name,
        prototype: members(Class.prototype), statics: members(Class) }];
    }));
  })()`);

function expected(name: string): Described {
  const [head = '', attributes = '', methods = '', statics = '', constants = ''] = (interfaces[name] as string)
    .split('|')
    .map((part) => part.trim());
  const [length, parent = ''] = head.split(' ');
  const words = (text: string) => text.split(' ').filter((word) => word !== '' && (hasModern || !modern.test(word)));
  const functions = (text: string) =>
    words(text).map((word) => {
      const [key = '', needs] = word.split('/');
      return [key, needs === undefined ? 'attribute ec' : `method ${needs} ewc`];
    });
  const values = words(constants).map((key) => [key, 'value e']);
  return {
    name,
    length: Number(length),
    parent,
    prototype: Object.fromEntries([
      ['constructor', `method ${length} ${name} wc`],
      ...words(attributes).map((key) => [key, 'attribute ec']),
      ...functions(methods),
      ...values,
    ]),
    statics: Object.fromEntries([
      ['length', 'value c'],
      ['name', 'value c'],
      ['prototype', 'value '],
      ...functions(statics),
      ...values,
    ]),
  };
}

describe("the interfaces of the web's APIs", () => {
  it('have the names of their standards and no others, with their lengths and attributes', () => {
    const runtime = runtimes.make({ web: true });
    const described = describeAll(runtime, Object.keys(interfaces));
    for (const name of Object.keys(interfaces)) {
      expect(described[name], name).toEqual(expected(name));
    }
  });

  it('are all that a guest with the web has more than a bare one, apart from functions and attributes', () => {
    const names = (runtime: Runtime) => new Set(runtime.eval<string[]>('Object.getOwnPropertyNames(globalThis)'));
    const bare = names(runtimes.make({}));
    const more = [...names(runtimes.make({ web: true }))].filter((name) => !bare.has(name) && /^[A-Z]/.test(name));
    expect(more.sort()).toEqual(Object.keys(interfaces).sort());
  });

  it('show nothing of their insides in their instances', () => {
    const runtime = runtimes.make({ web: true });
    const own = runtime.eval<Record<string, string[]>>(`(() => {
      const { port1 } = new MessageChannel();
      const made = [new AbortController(), new AbortController().signal, new Blob(['a']), new File([], 'f'),
        new CompressionStream('gzip'), crypto, crypto.subtle, new DOMException('m'), new FileReader(), new FormData(),
        new Headers(), port1, new MessageEvent('m'), navigator, performance, performance.mark('m'),
        new PerformanceObserver(() => {}), new Request('http://a.test/'), new Response('a'), new TextDecoder(),
        new TextEncoder(), new TextDecoderStream(), new URL('http://a.test/'), new URLPattern(), new URLSearchParams()];
      return Object.fromEntries(made.map((object) => [object.constructor.name, Reflect.ownKeys(object).map(String)]));
    })()`);
    const shown = Object.entries(own).filter(([, keys]) => keys.length > 0);
    expect(Object.fromEntries(shown)).toEqual({
      DOMException: ['stack'],
      MessageEvent: ['isTrusted'],
    });
  });
});
