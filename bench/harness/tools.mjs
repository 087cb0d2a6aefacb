// What a variant gets: the libraries, the clock and the size of the run.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadFloor } from './native.mjs';
import { loadPeer } from './peers.mjs';
import * as timing from './timing.mjs';
import { Unavailable } from './unavailable.mjs';

function loadIsolet(root) {
  try {
    return createRequire(join(root, 'package.json'))('isolet');
  } catch (error) {
    throw new Unavailable(`isolet does not load: ${String(error.message).split('\n')[0]}`);
  }
}

export function makeTools(settings) {
  const { quick, isoletRoot } = settings;
  const budget = quick ? 25 : 250;
  const min = quick ? 2 : 5;
  return {
    quick,
    /** `full` or, in a smoke run, `small`. */
    size: (full, small) => (quick ? small : full),
    budget,
    sleep,
    gc: globalThis.gc,
    isolet: () => loadIsolet(isoletRoot),
    floor: loadFloor,
    peer: loadPeer,
    timeEach: (body, options) => timing.timeEach(body, { budget, min, ...options }),
    timeEachAsync: (body, options) => timing.timeEachAsync(body, { budget, min, ...options }),
    timeBatches: (body, options) => timing.timeBatches(body, { budget, min, ...options }),
    /** For floor functions that loop in C++: `run(batches, perBatch)`. */
    timeNative: (run, perBatch) => run(quick ? 10 : 100, quick ? Math.ceil(perBatch / 10) : perBatch),
    unavailable: (reason) => {
      throw new Unavailable(reason);
    },
  };
}
