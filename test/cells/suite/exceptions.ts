/**
 * Tests that can't pass with their guests in a cell, by file and by name, and why: what docs/isolation.md names as
 * different. One that passes is an error. A file without names says nothing there, and is not run.
 */
export const exceptions: Readonly<Record<string, string | Readonly<Record<string, string>>>> = {
  'test/runtime/answered-calls.test.ts': {
    'what waits for a busy guest > is bounded in bytes; one by itself is not':
      'what waits on the way to the process has a bound of its own, which is reached first',
  },
  'test/runtime/code-cache.test.ts': 'it reads counters of this process: a cell keeps code of its own',
  'test/runtime/isolate-stock.test.ts': 'it counts isolates of this process, and those that it has ready',
  'test/runtime/f-rows.test.ts': {
    'options > F009: the isolates of the process are counted': 'it counts isolates of this process',
  },
  'test/runtime/snapshot-startup.test.ts': {
    'endless loops and memory bombs fail build': 'it counts isolates of this process',
    'endless loops and memory bombs fail buildAsync': 'it counts isolates of this process',
  },
};
