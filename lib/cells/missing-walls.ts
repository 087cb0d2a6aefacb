import type { CellWall } from '../errors/cell-error.ts';
import { adviceFor } from './advice.ts';

let warned = false;

/** Layers that may be missing, and are: one warning for the process says so, however many cells it starts. */
export function warnOfMissing(missing: readonly CellWall[]): void {
  const [first] = missing;
  if (!first || warned) return;
  warned = true;
  const layers = missing.map(({ layer }) => `'${layer}'`).join(', ');
  process.emitWarning(`Cells run without ${layers}: the system refused ${first.call}. ${adviceFor(first)}`, {
    code: 'ISOLET_CELL_WALLS',
    detail: 'The required layers stand. docs/isolation.md says what each layer does.',
  });
}
