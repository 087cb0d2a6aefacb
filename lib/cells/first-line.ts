import type { Duplex } from 'node:stream';
import type { NativeWall } from '../native.ts';

/** What a cell says first, and before it runs anybody's code. */
export type FirstWords = { walls: NativeWall[] } | { error: string };

/** More than a cell has to say at its start. */
const longest = 16_384;

/** One line, of a bounded length and the expected shape. */
export function readFirstWords(channel: Duplex): Promise<FirstWords | 'ended' | 'nonsense'> {
  return new Promise((resolve) => {
    // A stream that nobody reads ends too.
    if (channel.closed) return resolve('ended');
    let text = '';
    const done = (words: FirstWords | 'ended' | 'nonsense') => {
      channel.off('data', read).off('close', ended).off('error', ended).pause();
      resolve(words);
    };
    const ended = () => done('ended');
    const read = (part: Buffer) => {
      text += part.toString('latin1');
      const end = text.indexOf('\n');
      if (end < 0 && text.length <= longest) return;
      done(end < 0 || end !== text.length - 1 ? 'nonsense' : parse(text.slice(0, end)));
    };
    channel.on('data', read).on('close', ended).on('error', ended);
  });
}

function parse(text: string): FirstWords | 'nonsense' {
  try {
    const { walls, error } = JSON.parse(text) as { walls?: unknown; error?: unknown };
    if (typeof error === 'string') return { error };
    return Array.isArray(walls) && walls.every(isWall) ? { walls } : 'nonsense';
  } catch {
    return 'nonsense';
  }
}

function isWall(value: unknown): value is NativeWall {
  const { layer, state } = (value ?? {}) as Partial<NativeWall>;
  return typeof layer === 'string' && (state === 'held' || state === 'failed');
}
