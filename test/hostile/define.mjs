/**
 * A hostile program.
 *
 * - `entry`: how it reaches the library, one or several of ENTRIES. `host` programs are functions that attack
 *   through the public API instead of guest code.
 * - `expect`: acceptable outcomes. `value` means that the call answered; other names are error codes in lower case
 *   without `ERR_ISOLET_`.
 * - `value`: if given, an answer has to be exactly this (as JSON).
 * - `blocks`: the host's own function calls the guest synchronously, so the event loop may wait for the limit. `false`:
 *   a `host` program that does not, so its event loop has to turn.
 * - `memoryExtra`: bytes beyond the bound, where the host itself makes big values or several runtimes.
 * - `hostExtra`: bytes beyond those that the host may grow by while the guests are in cells: what it has itself.
 * - `here`: it is about guests in the process of the host, and is left out where they are in cells.
 * - `settleExtra`: milliseconds beyond the allowance, where several runtimes share the cores.
 * - `quietExtra`: milliseconds of processor time until it is quiet, beyond those for one guest that is given up.
 * - `full`: the process has lost as many guests as it may; the next runtime has to be refused with `CapacityError`.
 * - `options`: further options of the attacker's Runtime.
 * - `needs`: names of the global without which it is left out.
 * - `console`: true counts the lines, 'inherit' prints them.
 * - `slow`: takes long by nature; its host is killed that much later.
 * - `limits`: { timeout, cpuTimeout, maxHeapSize }, milliseconds and bytes.
 *
 * What every program has to leave behind, whatever its outcome, is checked by the runner.
 */
export const ENTRIES = [
  'evalAsync',
  'eval',
  'callAsync',
  'call',
  'invoke',
  'bootstrap',
  'newBootstrap',
  'module',
  'host',
];

/** `run.mjs --limit-mb` asks with another limit, and hands it on to its children. */
const limitMb = Number(process.env.ISOLET_HOSTILE_LIMIT_MB || 32);

export const LIMITS = { timeout: 300, cpuTimeout: 0, maxHeapSize: limitMb * 1024 * 1024 };

/** Any clean end: for programs whose only promise is that they do no harm. */
export const ANY_END = [
  'value',
  'javascript',
  'timeout',
  'terminated',
  'heap_limit',
  'transfer',
  'capacity',
  'module',
  'module_not_found',
  'closed',
];

/** One program per entry, each with every field filled in. */
export function group(category, defaults, list) {
  return list.flatMap((program) => {
    const entries = [program.entry ?? defaults.entry ?? 'evalAsync'].flat();
    return entries.map((entry) => {
      if (!ENTRIES.includes(entry)) throw new Error(`${category}/${program.name}: unknown entry ${entry}`);
      return {
        expect: ANY_END,
        ...defaults,
        ...program,
        id: `${category}/${program.name} [${entry}]`,
        category,
        entry,
        limits: { ...LIMITS, ...defaults.limits, ...program.limits },
      };
    });
  });
}
