export function quantile(values, q) {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export const median = (values) => {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** A round's samples as what is kept of them. */
export const summarize = (samples) => ({
  count: samples.length,
  p5: quantile(samples, 0.05),
  p50: median(samples),
  p99: quantile(samples, 0.99),
});

/** How far the medians of rounds are apart: the slowest as a multiple of the fastest. */
export const spreadOf = (rounds) =>
  Math.max(...rounds.map(({ p50 }) => p50)) / Math.min(...rounds.map(({ p50 }) => p50));

/** Geometric mean of ratios and its 95 % interval by Student's t on the logarithms. */
export function ratioInterval(ratios) {
  const logs = ratios.map(Math.log);
  const n = logs.length;
  const mean = logs.reduce((sum, x) => sum + x, 0) / n;
  const variance = logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, n - 1);
  const half = studentT95(n - 1) * Math.sqrt(variance / n);
  return { ratio: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) };
}

function studentT95(freedom) {
  const table = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13];
  return table[freedom - 1] ?? 2.1;
}
