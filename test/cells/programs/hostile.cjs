// A cell that runs programs of the hostile corpus, each in a runtime of its own, and says how they ended.
const { join } = require('node:path');
const { answerQuestions } = require('./questions.cjs');

const root = join(__dirname, '../../..');
const isolet = require(join(root, 'dist/index.cjs'));

async function begin() {
  const { loadProgram } = await import('../../hostile/corpus.mjs');
  const { launch, PENDING } = await import('../../hostile/entries.mjs');
  const { makePlatform } = await import('../../hostile/platform.mjs');
  const programs = new Map();
  for (const id of process.argv.slice(5)) programs.set(id, await loadProgram(id));
  // What reads files when it is first used.
  new isolet.Runtime({ maxHeapSize: 32 << 20, web: true }).close();
  new Response();
  await import('node:util');

  async function attack(id) {
    const program = programs.get(id);
    const { maxHeapSize, timeout, cpuTimeout } = program.limits;
    const limits = { maxHeapSize, timeout: timeout || undefined, cpuTimeout: cpuTimeout || undefined };
    const options = { ...limits, maxTimers: 1000, console: program.console ? () => {} : false, ...program.options };
    const runtime = new isolet.Runtime(options);
    runtime.bindObject('host', makePlatform());
    const world = { isolet, runtime, options, library: join(root, 'dist/index.cjs'), opened: [runtime] };
    world.world = world;
    let outcome = 'value';
    try {
      if ((await launch(program, world)) === PENDING) outcome = 'pending';
    } catch (error) {
      outcome = String(error?.code ?? error?.name)
        .replace(/^ERR_ISOLET_/, '')
        .toLowerCase();
    }
    for (const one of world.opened) await one.close();
    const next = new isolet.Runtime({ maxHeapSize: 32 << 20 });
    const answer = await next.evalAsync('6 * 7', { timeout: 20_000 });
    next.close();
    return { outcome, expected: program.expect, answer };
  }
  const { channel } = require(join(root, 'dist/cell.cjs'));
  answerQuestions(channel, { attack });
}

void begin();
