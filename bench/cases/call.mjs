// Warm synchronous calls of a guest function.
import { COPY, IN_PLACE, isolatedVm, isoletGuest, objectOf, quickJs, vmContext } from './subjects.mjs';

const ADD = '(a, b) => a + b';
const ECHO = '(event) => ({ ok: true, n: event.n })';
const IDENTITY = '(value) => value';
const SINGLE = { max: 20_000 };
const LENGTH = '(buffer) => buffer.byteLength';

const numbers = {
  name: 'call-numbers',
  title: 'warm call, two numbers in, one out',
  variants: {
    async floor(tools) {
      const floor = tools.floor();
      const id = floor.open(ADD);
      return { sample: () => tools.timeNative((batches, n) => floor.callNumbers(id, batches, n), 1000) };
    },
    async 'floor from JavaScript'(tools) {
      const floor = tools.floor();
      const id = floor.open(ADD);
      return { sample: () => tools.timeBatches((i) => floor.callOnce(id, i, 1)) };
    },
    // Two threads that do nothing but hand over: what the machine does to a guarded call.
    async 'floor hand-over'(tools) {
      const floor = tools.floor();
      return { sample: () => tools.timeNative((batches, n) => floor.hop('spin-both', batches, n), 1000) };
    },
    async 'floor hand-over one by one'(tools) {
      const floor = tools.floor();
      return { sample: () => floor.hop('spin-both', tools.size(SINGLE.max, 100)) };
    },
    async isolet(tools) {
      const guest = isoletGuest(tools);
      const add = guest.fn(ADD);
      return { sample: () => tools.timeBatches((i) => add(i, 1)), close: guest.close };
    },
    // Each call by itself: batches hide the slow ones among many.
    async 'isolet one by one'(tools) {
      const guest = isoletGuest(tools);
      const add = guest.fn(ADD);
      return { sample: () => tools.timeEach(() => add(2, 1), SINGLE), close: guest.close };
    },
    async 'isolet armed'(tools) {
      const guest = isoletGuest(tools, { timeout: 1000 });
      const add = guest.fn(ADD);
      return { sample: () => tools.timeBatches((i) => add(i, 1)), close: guest.close };
    },
    async 'isolet in place'(tools) {
      const guest = isoletGuest(tools, IN_PLACE);
      const add = guest.fn(ADD);
      return { sample: () => tools.timeBatches((i) => add(i, 1)), close: guest.close };
    },
    async 'isolet in place armed'(tools) {
      const guest = isoletGuest(tools, { ...IN_PLACE, timeout: 1000 });
      const add = guest.fn(ADD);
      return { sample: () => tools.timeBatches((i) => add(i, 1)), close: guest.close };
    },
    async 'isolated-vm'(tools) {
      const guest = isolatedVm(tools);
      const add = guest.fn(ADD);
      return { sample: () => tools.timeBatches((i) => add.applySync(undefined, [i, 1])), close: guest.close };
    },
    async 'isolated-vm armed'(tools) {
      const guest = isolatedVm(tools);
      const add = guest.fn(ADD);
      const options = { timeout: 1000 };
      return { sample: () => tools.timeBatches((i) => add.applySync(undefined, [i, 1], options)), close: guest.close };
    },
    async 'node:vm'(tools) {
      const { vm, context } = await vmContext();
      const add = vm.runInContext(`(${ADD})`, context);
      return { sample: () => tools.timeBatches((i) => add(i, 1)) };
    },
    async 'quickjs-emscripten'(tools) {
      const guest = await quickJs(tools);
      const add = guest.eval(`(${ADD})`);
      const one = guest.context.newNumber(1);
      const body = (i) => {
        const result = guest.context.unwrapResult(
          guest.context.callFunction(add, guest.context.undefined, guest.context.newNumber(i), one),
        );
        guest.context.getNumber(result);
        result.dispose();
      };
      return { sample: () => tools.timeBatches(body) };
    },
  },
};

const objects = (name, title, source, makeValue) => ({
  name,
  title,
  variants: {
    async floor(tools) {
      const floor = tools.floor();
      const id = floor.open(source);
      const value = makeValue();
      const perBatch = name === 'call-1mb' ? 1 : 100;
      return { sample: () => tools.timeNative((batches, n) => floor.callValue(id, value, batches, n), perBatch) };
    },
    async isolet(tools) {
      const guest = isoletGuest(tools);
      const fn = guest.fn(source);
      const value = makeValue();
      return { sample: () => tools.timeBatches(() => fn(value)), close: guest.close };
    },
    ...(name === 'call-object' && {
      async 'isolet one by one'(tools) {
        const guest = isoletGuest(tools);
        const fn = guest.fn(source);
        const value = makeValue();
        return { sample: () => tools.timeEach(() => fn(value), SINGLE), close: guest.close };
      },
    }),
    async 'isolet in place'(tools) {
      const guest = isoletGuest(tools, IN_PLACE);
      const fn = guest.fn(source);
      const value = makeValue();
      return { sample: () => tools.timeBatches(() => fn(value)), close: guest.close };
    },
    async 'isolated-vm'(tools) {
      const guest = isolatedVm(tools);
      const fn = guest.fn(source);
      const value = makeValue();
      return { sample: () => tools.timeBatches(() => fn.applySync(undefined, [value], COPY)), close: guest.close };
    },
    async structuredClone(tools) {
      const fn = new Function(`return ${source}`)();
      const value = makeValue();
      return { sample: () => tools.timeBatches(() => structuredClone(fn(structuredClone(value)))) };
    },
    async 'quickjs-emscripten'(tools) {
      const guest = await quickJs(tools);
      const { context } = guest;
      const fn = guest.eval(`(text) => JSON.stringify((${source})(JSON.parse(text)))`);
      const value = makeValue();
      const body = () => {
        const text = context.newString(JSON.stringify(value));
        const result = context.unwrapResult(context.callFunction(fn, context.undefined, text));
        JSON.parse(context.getString(result));
        result.dispose();
        text.dispose();
      };
      return { sample: () => tools.timeBatches(body) };
    },
  },
});

const ONE_MB = 1_000_000;
const TEN_MB = 10_000_000;

/** A case of isolet on buffers: synchronous calls as by default and in place, and an asynchronous one. */
const isoletMoves = (source, options, make) => {
  const sync = (more) => async (tools) => {
    const { move } = tools.isolet();
    if (move === undefined) tools.unavailable('this isolet moves buffers in asynchronous calls only');
    const guest = isoletGuest(tools, { ...options, ...more });
    const fn = guest.fn(source);
    return { sample: () => repeat(make, (value) => fn(move(value)), tools), close: guest.close };
  };
  return {
    isolet: sync({}),
    'isolet in place': sync(IN_PLACE),
    async 'isolet async'(tools) {
      const guest = isoletGuest(tools, options);
      const fn = guest.fn(source);
      const call = (value) => fn.callAsync([value], { transfer: [value.buffer ?? value] });
      return { sample: () => repeat(make, call, tools), close: guest.close };
    },
  };
};

/** Bytes that the caller gives up on the way in, and the guest on the way out. */
const bytesMoved = {
  name: 'call-bytes-moved',
  title: '1 MB Uint8Array moved into the guest and back as the result',
  variants: {
    ...isoletMoves(IDENTITY, { moveResults: true }, () => new Uint8Array(ONE_MB)),
    async 'isolated-vm'(tools) {
      const guest = isolatedVm(tools, 256);
      // The guest's value itself can't be asked to move: it makes a copy that owns its memory.
      guest.context.global.setSync('ivm', guest.ivm);
      const fn = guest.fn(`(bytes) => new ivm.ExternalCopy(bytes, { transferOut: true })`);
      const call = (bytes) => {
        const copy = new guest.ivm.ExternalCopy(bytes, { transferOut: true });
        const back = fn.applySync(undefined, [copy.copyInto({ release: true, transferIn: true })]);
        return back.copy({ release: true, transferIn: true });
      };
      return { sample: () => repeat(() => new Uint8Array(ONE_MB), call, tools), close: guest.close };
    },
    async structuredClone(tools) {
      const moved = (bytes) => structuredClone(bytes, { transfer: [bytes.buffer] });
      return {
        sample: () =>
          repeat(
            () => new Uint8Array(ONE_MB),
            (bytes) => moved(moved(bytes)),
            tools,
          ),
      };
    },
  },
};

const tenMegabytes = () => new ArrayBuffer(TEN_MB);

const buffers = (transfer) => ({
  name: transfer ? 'call-buffer-moved' : 'call-buffer-copied',
  title: `10 MB ArrayBuffer ${transfer ? 'moved' : 'copied'} into the guest`,
  variants: {
    ...(transfer
      ? isoletMoves(LENGTH, { maxTransferBytes: 2 * TEN_MB }, tenMegabytes)
      : {
          async isolet(tools) {
            const guest = isoletGuest(tools, { maxTransferBytes: 2 * TEN_MB });
            const fn = guest.fn(LENGTH);
            return { sample: () => repeat(tenMegabytes, fn, tools), close: guest.close };
          },
        }),
    async 'isolated-vm'(tools) {
      const guest = isolatedVm(tools, 256);
      const fn = guest.fn(LENGTH);
      const call = (buffer) => {
        const copy = new guest.ivm.ExternalCopy(buffer, transfer ? { transferOut: true } : {});
        fn.applySync(undefined, [copy.copyInto(transfer ? { release: true, transferIn: true } : { release: true })]);
      };
      return { sample: () => repeat(tenMegabytes, call, tools), close: guest.close };
    },
    async structuredClone(tools) {
      const call = (buffer) => structuredClone(buffer, transfer ? { transfer: [buffer] } : {});
      return { sample: () => repeat(tenMegabytes, call, tools) };
    },
  },
});

/** Times `call` alone: making the buffer is not part of it. */
async function repeat(make, call, tools) {
  const samples = [];
  const end = performance.now() + tools.budget;
  while (samples.length < tools.size(5, 2) || performance.now() < end) {
    const value = make();
    const before = performance.now();
    const answer = call(value);
    if (answer instanceof Promise) await answer;
    samples.push((performance.now() - before) * 1000);
    await new Promise((resolve) => setImmediate(resolve));
    if (samples.length % 8 === 0) tools.gc();
  }
  return samples;
}

export default [
  numbers,
  objects('call-object', 'warm call, { n } in, { ok, n } out', ECHO, () => ({ n: 1 })),
  objects('call-1kb', 'warm call, 1 kB object in and out', IDENTITY, () => objectOf(1000)),
  objects('call-1mb', 'warm call, 1 MB object in and out', IDENTITY, () => objectOf(1_000_000)),
  objects('call-text', 'warm call, text of 100,000 characters in and out', IDENTITY, () => 'x'.repeat(100_000)),
  objects('call-bytes', 'warm call, 1 MB Uint8Array in and out', IDENTITY, () => new Uint8Array(ONE_MB)),
  bytesMoved,
  buffers(false),
  buffers(true),
];
