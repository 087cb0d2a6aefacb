/**
 * Tests that can't pass with their guests in a cell, by file and by name, and why: what docs/isolation.md names as
 * different. One that passes is an error. A file without names says nothing there, and is not run.
 */
export const exceptions: Readonly<Record<string, string | Readonly<Record<string, string>>>> = {
  'test/pool/code-cache.test.ts': {
    'a runtime that replaces the first one of a function does not compile it again: an expression':
      'it reads counters of this process: a cell keeps code of its own',
    'a runtime that replaces the first one of a function does not compile it again: a module':
      'it reads counters of this process: a cell keeps code of its own',
    "reuse: 'fresh' takes it from the third runtime on":
      'it reads counters of this process: a cell keeps code of its own',
  },
  'test/runtime/code-cache.test.ts': 'it reads counters of this process: a cell keeps code of its own',
  'test/runtime/isolate-stock.test.ts': 'it counts isolates of this process, and those that it has ready',
  'test/runtime/f-rows.test.ts': {
    'options > F009: the isolates of the process are counted': 'it counts isolates of this process',
  },
  'test/runtime/modules-waiting.test.ts': {
    'code cache > a source that was seen before is not compiled again, and means the same':
      'it reads counters of this process: a cell keeps code of its own',
  },
  'test/runtime/process-limits.test.ts': {
    'setProcessLimits > refuses the runtime that would be one too many, and takes it when another is gone':
      'it counts isolates of this process',
    'setProcessLimits > refuses the runtime whose memory limit is too much beside the others':
      'it counts isolates of this process',
  },
  'test/runtime/snapshot-startup.test.ts': {
    'scripts that can not become a snapshot > endless loops and memory bombs fail build':
      'it counts isolates of this process',
    'scripts that can not become a snapshot > endless loops and memory bombs fail buildAsync':
      'it counts isolates of this process',
  },
};
