import { inspect } from 'node:util';

const sleep = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));

/** What a careless but ordinary host offers its guests, as the global `host`. */
export function makePlatform() {
  const kept = [];
  return {
    echo: (value) => value,
    later: async (value) => sleep(5, value),
    never: async () => new Promise(() => {}),
    slow: async () => sleep(150),
    reject: async () => {
      throw new Error('host rejection');
    },
    rejectLater: async () => {
      await sleep(20);
      throw new Error('late host rejection');
    },
    fail: () => {
      throw new Error('host failure');
    },
    failBig: () => {
      throw new Error('x'.repeat(2e7));
    },
    big: () => 'x'.repeat(5e6),
    bigLater: async (i) => 'x'.repeat(5e6) + i,
    bytesLater: async () => new Uint8Array(1e6).fill(1),
    work: async () => {
      const until = performance.now() + 1;
      while (performance.now() < until);
    },
    data: () => ({
      a: 1,
      b: [1, { c: new Date(0) }],
      m: new Map([[1, { d: new Set([1]) }]]),
      e: new Error('plain'),
      f: (x) => x,
      bytes: new Uint8Array(4),
    }),
    inspect: (value) => {
      const text = inspect(value, { depth: 4 }).length + String(Object.prototype.toString.call(value)).length;
      for (const key in value) void key;
      return text + (JSON.stringify(Object.keys(value)) ?? '').length;
    },
    wait: async (value) => await value,
    call: (fn) => fn(),
    callLater: (fn) => {
      const call = () => Promise.resolve().then(() => fn.callAsync([], { timeout: 300 }));
      setTimeout(() => call().catch(() => {}), 5);
    },
    merge: (value) => Object.keys(Object.assign({}, value)).length,
    scribble: (bytes) => {
      bytes[0] = 7;
    },
    keep: (fn) => {
      kept.push(fn);
    },
    block: (ms) => {
      const end = performance.now() + Math.min(ms, 300);
      while (performance.now() < end);
    },
  };
}
