import type { Invocation } from './invocation.ts';
import { type LogEntry, type LogLevel, logLevels } from './log-book.ts';

/**
 * What the wrapper in the guest gives its log lines to. Answers whether the line was taken.
 *
 * @param key of the invocation whose context was asked to log; 0 for the console, which is that of whoever calls
 */
export type LogSink = (key: number, level: LogLevel, text: string, isCut?: boolean) => boolean;

export function logSink(
  running: ReadonlySet<Invocation>,
  caller: () => Invocation | 'ended' | undefined,
  taken: (entry: LogEntry, invocation: Invocation) => void,
): LogSink {
  return (key, level, text, isCut) => {
    if (!logLevels.includes(level) || typeof text !== 'string') return false;
    const invocation = key === 0 ? caller() : find(running, key);
    if (invocation === undefined || invocation === 'ended') return false;
    const entry = invocation.log(level, text, isCut === true);
    if (entry) taken(entry, invocation);
    return entry !== undefined;
  };
}

function find(running: ReadonlySet<Invocation>, key: number): Invocation | undefined {
  for (const invocation of running) if (invocation.key === key) return invocation;
  return undefined;
}
