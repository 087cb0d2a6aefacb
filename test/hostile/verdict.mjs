/** Patience beyond the limit, in milliseconds: the machine is shared and the process is young. */
const ALLOWANCE = 400;
/** A function is deployed before it is invoked: checked, and loaded in a guest with all that it is to have. */
const DEPLOYMENT = 600;
/** An event loop that stands still for longer has been stopped by the guest, in milliseconds. */
const LONGEST_GAP = 500;
/** Waiting is free under a CPU limit, and the machine is shared: this much wall time per CPU time is still in time. */
const CPU_TO_WALL = 8;
/** Share of one core that a host without work may use. */
const RESTLESS = 0.5;

/** What a host may grow by whose guests are in cells, and what a sealed process has resident beside what is counted. */
const HOST_GROWTH = 30 << 20;
const CELL_SLACK = 64 << 20;

const SYNC = new Set(['eval', 'call', 'newBootstrap']);

/** What a program may take of memory, in bytes. */
export function memoryBound({ limits, memoryExtra = 0 }) {
  return 3 * limits.maxHeapSize + (50 << 20) + memoryExtra;
}

/** What the runs of one program prove; every field but `outcome` and numbers is true, false or null (not asked). */
export function judge(program, runs) {
  const natural = runs.find((run) => run.ending === 'natural');
  const main = natural ?? runs[0];
  const { ready, settled, next, end } = main.stages;
  const peak = Math.max(main.peak, settled?.peak ?? 0, end?.peak ?? 0);
  const growth = ready ? Math.max(0, peak - ready.rss) : 0;
  const inCells = ready?.cells.length > 0;
  const bound = inCells ? HOST_GROWTH + (program.hostExtra ?? 0) : memoryBound(program);
  const cellGrowth = inCells ? main.cellPeak - sum(ready.cells.map(({ rss }) => rss)) : 0;
  const limit = program.limits.timeout || program.limits.cpuTimeout * CPU_TO_WALL;
  const over = settled ? settled.ms - limit : null;
  const allowance = ALLOWANCE + (program.entry === 'invoke' ? DEPLOYMENT : 0) + (program.settleExtra ?? 0);
  const silent = main.killed ? 'no answer' : lived(main) ? 'exited' : 'host died';
  const outcome = settled?.outcome ?? silent;
  const answers = program.full ? answeredWhenFull : answered;
  return {
    id: program.id,
    category: program.category,
    outcome,
    detail: settled?.detail,
    ms: settled?.ms ?? null,
    over,
    growth,
    bound,
    deaths: runs.filter((run) => !lived(run)).map(death),
    alive: runs.every(lived),
    inTime: natural ? settled !== undefined && over <= allowance : null,
    next: natural ? next !== undefined && Object.values(next).every(answers) : null,
    nextDetail: next && Object.values(next).find((one, index) => !answers(one, index))?.detail,
    cellGrowth,
    bounded: growth <= bound && cellGrowth <= memoryBound(program) + CELL_SLACK,
    turned: blocksItself(program) || !settled ? null : settled.gap <= LONGEST_GAP,
    gap: settled?.gap ?? null,
    quiet: natural ? end !== undefined && end.busy <= RESTLESS : null,
    expected: natural
      ? settled !== undefined &&
        (asExpected(program, outcome, settled.detail) || (inCells && outcome === 'cell')) &&
        (end?.clean ?? true)
      : null,
  };
}

function sum(numbers) {
  return numbers.reduce((a, b) => a + b, 0);
}

/** The next runtime and the bystander have to give the right answer, the attacker's own any that is documented. */
function answered({ outcome }, index) {
  return outcome === 'value' || (index === 2 && outcome !== 'other');
}

/** A process that has lost as many guests as it may refuses the next runtime, and says so. */
function answeredWhenFull(one, index) {
  return index === 0 ? one.outcome === 'capacity' : answered(one, index);
}

function asExpected(program, outcome, detail) {
  // What a synchronous call returned may be a promise, which is no call: it rests, or fails with what a stop threw away.
  const fateOfPromise = outcome === 'pending' || (outcome === 'terminated' && detail?.includes('was dropped'));
  if (fateOfPromise && (program.entry === 'eval' || program.entry === 'call')) return true;
  if (outcome === 'pending') return false;
  return (
    program.expect.includes(outcome) ||
    (program.entry === 'invoke' && outcome === 'validation' && program.value === undefined)
  );
}

/** Here the host itself waits: with a synchronous call, or because its own function asks for it (`blocks`). */
function blocksItself({ entry, blocks }) {
  return blocks ?? (SYNC.has(entry) || entry === 'host');
}

function lived(run) {
  return run.code === 0 && !run.killed && (run.ending === 'exit' || run.stages.end !== undefined);
}

function death(run) {
  const stage = ['end', 'next', 'settled', 'ready'].find((name) => run.stages[name]) ?? 'start';
  const how = run.killed ? 'killed: did not end' : (run.signal ?? `exit code ${run.code}`);
  return { ending: run.ending, how, after: stage, output: run.output.trim().slice(0, 3000) };
}
