// Timing loops. Samples are microseconds.
const now = () => performance.now() * 1000;

const enough = (samples, start, { budget, min, max }) =>
  samples.length >= max || (samples.length >= min && now() - start > budget * 1000);

/** One sample per run: for work of 20 µs and more. `after` is not timed and may be asynchronous. */
export async function timeEach(body, { budget, min, max = 2000, after }) {
  const samples = [];
  const start = now();
  while (!enough(samples, start, { budget, min, max })) {
    const before = now();
    const result = body();
    samples.push(now() - before);
    if (after) await after(result);
  }
  return samples;
}

/** Like timeEach for something that answers with a promise. `calls` divides: how many calls one run makes. */
export async function timeEachAsync(body, { budget, min, max = 5000, calls = 1, after }) {
  const samples = [];
  const start = now();
  while (!enough(samples, start, { budget, min, max })) {
    const before = now();
    const result = await body();
    samples.push((now() - before) / calls);
    if (after) await after(result);
  }
  return samples;
}

/** One sample per batch: for work so short that reading the clock would show. A batch takes about a millisecond. */
export function timeBatches(body, { budget, min, max = 2000, target = 1000 }) {
  let perBatch = 1;
  for (let spent = 0; spent < target && perBatch < 1e6; ) {
    const before = now();
    for (let i = 0; i < perBatch; i += 1) body(i);
    spent = now() - before;
    if (spent < target) perBatch = Math.ceil(perBatch * Math.min(10, Math.max(1.2, target / Math.max(spent, 1))));
  }
  const samples = [];
  const start = now();
  while (!enough(samples, start, { budget, min, max })) {
    const before = now();
    for (let i = 0; i < perBatch; i += 1) body(i);
    samples.push((now() - before) / perBatch);
  }
  return samples;
}
