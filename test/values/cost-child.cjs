// For cost.test.ts, with --expose-gc: makes a guest send the most of each kind that crosses, and prints which part of
// the limit the host then holds: `{ kind: [heap and external memory / limit, values] }`.
'use strict';
const { Runtime } = require(process.argv[2]);

const limit = 4 * 1024 * 1024;
const kinds = JSON.parse(process.argv[3]);
const answer = {};

function collect() {
  for (let i = 0; i < 6; i++) global.gc();
}

function held() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function measure(code) {
  const runtime = new Runtime({
    maxHeapSize: 512 * 1024 * 1024,
    maxTransferBytes: limit,
    maxHeldHandles: 1_000_000,
    web: code.startsWith('new '),
  });
  const make = runtime.eval(`(n) => Array.from({ length: n }, (_, i) => (${code}))`);
  const most = await mostThatFits(make);
  await new Promise(setImmediate);
  collect();
  const before = held();
  global.kept = make(most);
  collect();
  const part = (held() - before) / limit;
  global.kept = undefined;
  make.release();
  runtime.close();
  return [part, most];
}

async function mostThatFits(make) {
  let low = 100;
  let high = 200;
  while (await fits(make, high)) [low, high] = [high, 2 * high];
  while (high - low > low / 40) {
    const middle = (low + high) >> 1;
    if (await fits(make, middle)) low = middle;
    else high = middle;
  }
  return low;
}

async function fits(make, n) {
  try {
    await make.callAsync([n]);
    return true;
  } catch (error) {
    if (error.code !== 'ERR_ISOLET_TRANSFER') throw error;
    return false;
  }
}

(async () => {
  await measure('({})');
  for (const [kind, code] of Object.entries(kinds)) answer[kind] = await measure(code);
  console.log(JSON.stringify(answer));
})();
