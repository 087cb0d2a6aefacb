/**
 * One hostile program in a host process of its own: `node child.mjs <id> natural|exit`.
 * Reports JSON lines on file descriptor 3, synchronously, so that the last one is there even if the process dies.
 */
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { loadProgram } from './corpus.mjs';
import { launch, PENDING } from './entries.mjs';
import { CellHost } from './in-cells.mjs';
import { memoryOf, resetPeak, restlessness, startHeartbeat } from './observe.mjs';
import { makePlatform } from './platform.mjs';
import { memoryBound } from './verdict.mjs';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const report = (stage, facts) => writeSync(3, `${JSON.stringify({ stage, ...facts })}\n`);

const [id, ending] = process.argv.slice(2);
const program = await loadProgram(id);
const require = createRequire(import.meta.url);
const library = require.resolve('isolet');
const inCells = process.env.ISOLET_HOSTILE_ISOLATION === 'process';
// Who attacks, who looks on and who comes next are three tenants.
const [attacker, other, following] = inCells
  ? await Promise.all(
      [memoryBound(program), 256 << 20, 256 << 20].map((bytes) => CellHost.start(require(library), bytes)),
    )
  : Array(3).fill({ isolet: require(library), processes: () => [], close() {} });
const { isolet } = attacker;

/** What is asked after the attack; its answers are not the program's. */
const after = new Set([nextRuntime, askBystander, sameRuntime]);

let logged = 0;
const options = {
  maxHeapSize: program.limits.maxHeapSize,
  timeout: program.limits.timeout || undefined,
  cpuTimeout: program.limits.cpuTimeout || undefined,
  maxTimers: 1000,
  console: program.console === 'inherit' ? 'inherit' : program.console ? () => logged++ : false,
  ...program.options,
};

const bystander = new other.isolet.Runtime({ maxHeapSize: 32 << 20 });
await bystander.evalAsync("globalThis.secret = 42; globalThis.alive = () => 'alive'; 1");
const runtime = new isolet.Runtime(options);
runtime.bindObject('host', makePlatform());
// The host gets ready in its own time, whatever the attacker's limit is. Node loads its fetch when somebody asks for it.
if (program.options?.web) new Response();
await runtime.evalAsync('1', { timeout: 10_000 });

const world = { isolet, runtime, options, library, opened: [runtime] };
world.world = world;
resetPeak();
report('ready', { rss: memoryOf().rss, cells: attacker.processes() });

if (ending === 'exit') setTimeout(() => process.exit(0), 120);
const heart = startHeartbeat();
const start = performance.now();
const outcome = await attempt(() => launch(program, world));
const ms = performance.now() - start;
const gap = heart.stop();
report('settled', { ...outcome, ms, gap, ...memoryOf(), logged });

if (ending === 'exit') await new Promise(() => {});
await sleep(60);
report('next', {
  next: await attempt(nextRuntime),
  bystander: await attempt(askBystander),
  same: runtime.state === 'open' ? await attempt(sameRuntime) : { outcome: runtime.state },
});
for (const one of [...world.opened, attacker]) await one.close();
await sleep(40);
report('end', { busy: await restlessness(120, 4000 + (program.quietExtra ?? 0)), clean: hostIsClean(), ...memoryOf() });

async function attempt(run) {
  try {
    const value = await run();
    if (value === PENDING) return { outcome: 'pending' };
    if (program.value !== undefined && !after.has(run)) {
      if (!isDeepStrictEqual(JSON.parse(JSON.stringify(value ?? null)), program.value)) {
        return { outcome: 'wrong value', detail: String(JSON.stringify(value)).slice(0, 200) };
      }
    }
    return { outcome: 'value' };
  } catch (error) {
    return classify(error);
  }
}

function classify(error) {
  const code = error?.code;
  const detail = `${error?.name}: ${error?.message}`.slice(0, 200);
  if (typeof code === 'string' && code.startsWith('ERR_ISOLET_'))
    return { outcome: code.slice(11).toLowerCase(), detail };
  return { outcome: error?.name === 'AbortError' ? 'aborted' : 'other', detail };
}

/** The next tenant, on both threads. */
async function nextRuntime() {
  const next = new following.isolet.Runtime({ maxHeapSize: 32 << 20, timeout: 2000 });
  const results = [next.eval('6 * 7'), await next.evalAsync('(async () => { await null; return [6 * 7]; })()')];
  next.close();
  if (!isDeepStrictEqual(results, [42, [42]])) throw new Error(`the next runtime answered ${JSON.stringify(results)}`);
}

async function askBystander() {
  const answer = await bystander.evalAsync("[secret, alive(), 'polluted' in {}, typeof pwned].join()", {
    timeout: 2000,
  });
  if (answer !== '42,alive,false,undefined') throw new Error(`the bystander answered ${answer}`);
}

/** The attacker's own runtime, if it says that it is open: any answer will do, but there has to be one. */
async function sameRuntime() {
  let timer;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(reject, 4000, new Error('the same runtime did not answer'));
  });
  await Promise.race([runtime.evalAsync('1', { timeout: 500 }), silence]).finally(() => clearTimeout(timer));
}

function hostIsClean() {
  return !('polluted' in {}) && !('pwned' in globalThis) && !('pwned' in process) && [].concat([1])[0] === 1;
}
