// Samples of rounds as what is shown: medians, and ratios of slices of the same round with their quartiles.

const round = (value, digits) => Number(value.toFixed(digits));

/** @param {number[]} values @param {number} q */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (sorted[Math.ceil(at)] - sorted[low]) * (at - low);
}

const quartiles = (values, digits = 2) => [0.25, 0.5, 0.75].map((q) => round(quantile(values, q), digits));

/** @param {Record<string, { rps: number, cpu: number, p50: number, p99: number }[]>} samples */
export function summarize(samples) {
  const ratios = (name, other, what) =>
    samples[other] ? quartiles(samples[name].map((one, i) => one[what] / samples[other][i][what])) : undefined;
  const median = (name, what, digits) =>
    round(
      quantile(
        samples[name].map((one) => one[what]),
        0.5,
      ),
      digits,
    );
  return Object.fromEntries(
    Object.keys(samples).map((name) => [
      name,
      {
        rps: median(name, 'rps', 0),
        cpu: median(name, 'cpu', 1),
        p50: median(name, 'p50', 2),
        p99: median(name, 'p99', 2),
        ofBare: ratios(name, 'bare', 'rps'),
        cpuOfBare: ratios(name, 'bare', 'cpu'),
        ofWorkerd: ratios(name, 'workerd', 'rps'),
        cpuOfWorkerd: ratios(name, 'workerd', 'cpu'),
      },
    ]),
  );
}
