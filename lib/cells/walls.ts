/**
 * Whether a layer stands: `held`, as it was built and, where that can be tried, tried; `missing`, the system refused it
 * and it may be missing; `failed`, it was asked for and does not hold.
 */
export type WallState = 'held' | 'missing' | 'failed';

/** One layer between what runs in a cell and the rest of the machine. */
export interface Wall {
  layer: string;
  state: WallState;
  /** The system call that was refused, or that should have been. */
  call?: string;
  /** What the system answered it, as `errno`. */
  errno?: number;
  /** For `landlock` the version that the kernel has. */
  detail?: number;
}

const line = /^(?:(held) (\w+) (\d+)|(missing|failed) (\w+) (\S+) (\d+))$/;

/** What the launcher says: a line for each layer. A line that is none is left out: it can't speak for a layer. */
export function readReport(text: string): Wall[] {
  return text.split('\n').flatMap((one): Wall[] => {
    const [, held, layer = '', detail, state, other = '', call = '', errno] = line.exec(one) ?? [];
    if (held) return [{ layer, state: 'held', detail: Number(detail) }];
    if (state) return [{ layer: other, state: state as WallState, call, errno: Number(errno) }];
    return [];
  });
}
