// The table on standard output.
const number = (value) => {
  if (!Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : size >= 0.1 || size === 0 ? value.toFixed(2) : value.toFixed(3);
};

const pad = (text, width) => text + ' '.repeat(Math.max(0, width - text.length));
const padLeft = (text, width) => ' '.repeat(Math.max(0, width - text.length)) + text;

/** What the last round has to add. */
const noteOf = ({ rounds }) => (rounds?.at(-1)?.notes ? `  (${rounds.at(-1).notes})` : '');

export function caseTable(result, baseline = 'isolet') {
  const lines = [`${result.name}: ${result.title}`];
  for (const [name, variant] of Object.entries(result.variants)) {
    if (variant.unavailable || variant.error) {
      lines.push(`  ${pad(name, 22)} ${variant.unavailable ?? `FAILED ${variant.error.trim()}`}`);
      continue;
    }
    const ratio =
      variant.ratio === undefined
        ? ''
        : `  ${baseline} takes ${number(variant.ratio)} × (${number(Math.min(...variant.ratios))} to ${number(Math.max(...variant.ratios))})`;
    lines.push(
      `  ${pad(name, 22)} p5 ${padLeft(number(variant.p5), 9)} p50 ${padLeft(number(variant.p50), 9)} p99 ${padLeft(number(variant.p99), 9)} ${result.unit}  spread ${padLeft(number(variant.spread), 5)} ×${ratio}${noteOf(variant)}`,
    );
  }
  return lines.join('\n');
}

export { number };
