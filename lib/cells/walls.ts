import type { CellWall, CellWallState } from '../errors/cell-error.ts';
import type { NativeWall } from '../native.ts';

const line = /^(?:(held) (\w+) (\d+)|(missing|failed) (\w+) (\S+) (\d+))$/;

/** What the launcher says: a line for each layer. A line that is none is left out: it can't speak for a layer. */
export function readReport(text: string): CellWall[] {
  return text.split('\n').flatMap((one): CellWall[] => {
    const [, held, layer = '', detail, state, other = '', call = '', errno] = line.exec(one) ?? [];
    if (held) return [{ layer, state: 'held', detail: Number(detail) }];
    if (state) return [{ layer: other, state: state as CellWallState, call, errno: Number(errno) }];
    return [];
  });
}

/** The process that becomes the program, as its parent names it. */
export function readProcess(text: string): number | undefined {
  const found = /^process (\d+)$/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/**
 * What the launcher built, as it held when the cell tried it. A layer that was built and does not hold is worse than one
 * that is missing.
 */
export function mergeWalls(built: readonly CellWall[], tried: readonly NativeWall[]): CellWall[] {
  const trials = new Map(tried.map((wall) => [wall.layer, wall]));
  const walls = built.map((wall): CellWall => {
    const trial = trials.get(wall.layer);
    trials.delete(wall.layer);
    return wall.state === 'held' && trial?.state === 'failed' ? { ...trial } : wall;
  });
  const without = walls.some(({ layer, state }) => layer === 'namespaces' && state === 'missing');
  for (const trial of trials.values()) {
    // Of namespaces that nobody asked for.
    if (without && trial.state === 'failed' && /^(?:process_namespace|empty_root)$/.test(trial.layer)) continue;
    walls.push({ ...trial });
  }
  return walls;
}

/** The first layer that keeps a cell from serving. @param required - what must not be missing */
export function findFailure(walls: readonly CellWall[], required: readonly string[]): CellWall | undefined {
  const states = new Map(walls.map((wall) => [wall.layer, wall]));
  const failed = walls.find(({ state }) => state === 'failed');
  if (failed) return failed;
  for (const layer of required) {
    const wall = states.get(layer);
    if (wall?.state !== 'held') return wall ?? { layer, state: 'failed' };
  }
  return undefined;
}
