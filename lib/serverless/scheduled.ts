import { checkOptions, checkString } from '../options/check.ts';
import { invalidType } from '../options/invalid.ts';
import type { ServerlessInvokeOptions } from './invoker.ts';

/** What is due, for the `scheduled` handler of a function. */
export interface ScheduledInit {
  /** When it was due, in ms since the epoch. Default: now. */
  scheduledTime?: number | Date | undefined;
  /** The pattern by which it is due, in whatever notation you use. Default `''`. */
  cron?: string | undefined;
}

/** Those of `invoke`, without `method`. */
export type ServerlessScheduledOptions = Omit<ServerlessInvokeOptions, 'method'>;

const names: ReadonlySet<string> = new Set(['scheduledTime', 'cron']);

/** What the handler gets. @throws {TypeError} with code `ERR_ISOLET_INVALID_ARG` */
export function scheduledEvent(due: ScheduledInit): object {
  const { scheduledTime = Date.now(), cron = '' } = checkOptions(due, names, 'due') as ScheduledInit;
  const time = Number(scheduledTime instanceof Date ? scheduledTime.getTime() : scheduledTime);
  if (!Number.isFinite(time)) throw invalidType('due.scheduledTime', scheduledTime, 'a time in milliseconds or a Date');
  return { type: 'scheduled', scheduledTime: time, cron: checkString(cron, 'due.cron') };
}

export function scheduledOptions(options: ServerlessScheduledOptions): ServerlessInvokeOptions {
  if (typeof options !== 'object' || options === null) throw invalidType('options', options, 'an object');
  return { ...options, method: 'scheduled' };
}
