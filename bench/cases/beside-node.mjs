// A loop over the web's APIs in a guest, and the same loop in Node.
import { IN_PLACE, isoletGuest } from './subjects.mjs';

const TIMES = 1000;

/** `lines` use what `setup` made and add numbers to `sum`. */
const loopOf = (setup, lines, async) => `(() => { ${setup};
  return ${async ? 'async ' : ''}() => {
    let sum = 0;
    for (let i = 0; i < ${TIMES}; i += 1) { ${lines.join(' ')} }
    return sum;
  };
})()`;

const perTime = (samples) => samples.map((sample) => sample / TIMES);
const inNode = (source) => new Function(`return ${source}`)();

async function check(name, source, answer) {
  if (answer !== (await inNode(source)())) throw new Error(`${name} is not what it is in Node`);
}

export function withNode(name, title, setup, lines) {
  const source = loopOf(setup, lines, false);
  return {
    name,
    title,
    variants: {
      async isolet(tools) {
        const guest = isoletGuest(tools, { ...IN_PLACE, web: true });
        const loop = guest.runtime.eval(source);
        await check(name, source, loop());
        return { sample: () => perTime(tools.timeBatches(() => loop())), close: guest.close };
      },
      async node(tools) {
        const loop = inNode(source);
        return { sample: () => perTime(tools.timeBatches(() => loop())) };
      },
    },
  };
}

/** The same for loops that wait for promises. */
export function withNodeAsync(name, title, setup, lines) {
  const source = loopOf(setup, lines, true);
  return {
    name,
    title,
    variants: {
      async isolet(tools) {
        const guest = isoletGuest(tools, { web: true });
        const loop = guest.runtime.eval(source);
        await check(name, source, await loop.callAsync([]));
        return { sample: () => tools.timeEachAsync(() => loop.callAsync([]), { calls: TIMES }), close: guest.close };
      },
      async node(tools) {
        const loop = inNode(source);
        return { sample: () => tools.timeEachAsync(loop, { calls: TIMES }) };
      },
    },
  };
}
