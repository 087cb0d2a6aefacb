// Child side of one variant of one case. The process is started with `case variant` and then answers messages:
//   { type: 'open' }         sets up and warms up           → { ok } or { unavailable }
//   { type: 'round' }        takes one round of samples     → { samples }
//   { type: 'close' }        cleans up; the process ends
import { makeTools } from './tools.mjs';
import { Unavailable } from './unavailable.mjs';

async function serve([file, caseName, variantName, settings]) {
  const { default: cases } = await import(file);
  const found = cases.find((entry) => entry.name === caseName);
  const tools = makeTools(JSON.parse(settings));
  let measure;
  const handlers = {
    async open() {
      measure = await found.variants[variantName.replace(/^[AB] /, '')](tools); // compare.mjs marks its sides
      for (let i = 0; i < (found.warmUps ?? 1); i += 1) await measure.sample();
      return { ok: true };
    },
    async round() {
      return { samples: Array.from(await measure.sample()), notes: measure.notes?.() };
    },
    async close() {
      await measure?.close?.();
      return { ok: true };
    },
  };
  process.on('message', async ({ type }) => {
    let reply;
    try {
      reply = await handlers[type]();
    } catch (error) {
      reply = error instanceof Unavailable ? { unavailable: error.message } : { error: String(error?.stack ?? error) };
    }
    process.send(reply, () => {
      if (type === 'close') process.exit(0);
    });
  });
}

await serve(process.argv.slice(2));
