import type { Readable } from 'node:stream';
import type { Ending } from './spawned-process.ts';

/** What a spawner says: native/launcher/requests.h. */
export type SpawnerAnswer =
  | { kind: 'started'; id: number; pid: number }
  | { kind: 'failed'; id: number; call: string; errno: number }
  | { kind: 'signalled'; id: number; errno: number }
  | ({ kind: 'exited'; id: number } & Ending);

/** Reads answers, a line each, as they come. */
export function answersIn(stream: Readable, tell: (answer: SpawnerAnswer) => void): void {
  let text = '';
  stream.setEncoding('latin1').on('data', (part: string) => {
    const lines = (text + part).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const answer = parseAnswer(line);
      if (answer) tell(answer);
    }
  });
}

/** A line that is none is left out. */
export function parseAnswer(line: string): SpawnerAnswer | undefined {
  const [kind, first, ...rest] = line.split(' ');
  const id = Number(first);
  const [one = 0, two = 0, three = 0, four = 0] = rest.map(Number);
  switch (kind) {
    case 'started':
      return { kind, id, pid: one };
    case 'failed':
      return { kind, id, call: rest[0] ?? '', errno: two };
    case 'signalled':
      return { kind, id, errno: one };
    case 'exited':
      return {
        kind,
        id,
        code: one < 0 ? null : one,
        signal: two || null,
        peakMemory: three * 1024,
        cpuTime: four / 1000,
      };
  }
  return undefined;
}
