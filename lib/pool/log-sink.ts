import type { Invocation } from './invocation.ts';
import { type GroupStep, groupSteps, type LogEntry, type LogLevel, logLevels } from './log-book.ts';

/**
 * What the wrapper in the guest gives its log lines to, and the beginnings and ends of groups. Answers whether that was
 * taken.
 *
 * @param key of the invocation whose context was asked to log; 0 for the console, which is that of whoever calls
 */
export type LogSink = (key: number, level: LogLevel | GroupStep, text: string, isCut?: boolean) => boolean;

export function logSink(
  running: ReadonlySet<Invocation>,
  caller: () => Invocation | 'ended' | undefined,
  taken: (entry: LogEntry, invocation: Invocation) => void,
): LogSink {
  return (key, level, text, isCut) => {
    const invocation = key === 0 ? caller() : find(running, key);
    if (invocation === undefined || invocation === 'ended') return false;
    if (isOneOf(groupSteps, level)) return !invocation.ended && invocation.logs.group(level);
    if (!isOneOf(logLevels, level) || typeof text !== 'string') return false;
    const entry = invocation.log(level, text, isCut === true);
    if (entry) taken(entry, invocation);
    return entry !== undefined;
  };
}

const isOneOf = <T>(list: readonly T[], value: unknown): value is T => list.includes(value as T);

function find(running: ReadonlySet<Invocation>, key: number): Invocation | undefined {
  for (const invocation of running) if (invocation.key === key) return invocation;
  return undefined;
}
