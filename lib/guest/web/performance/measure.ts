/** What `performance.measure` measures (https://w3c.github.io/user-timing/#measure-method). */
import { DOMException } from '../base/dom-exception.ts';
import { ops } from '../base/ops.ts';
import { internal, isObject, toAny, toDictionary, toDOMString, toDouble } from '../base/webidl.ts';
import { PerformanceMeasure, toDetail } from './entries.ts';
import { latest } from './timeline.ts';

type Mark = string | number;

const toMark = (value: unknown, what: string): Mark =>
  typeof value === 'number' ? toDouble(value, what) : toDOMString(value, what);

const measureOptions = {
  detail: { to: toAny },
  duration: { to: toDouble },
  end: { to: toMark },
  start: { to: toMark },
} as const;

/** Attributes of PerformanceTiming: of windows, where they name times. */
const timesOfWindows = new Set(
  `connectEnd connectStart domComplete domContentLoadedEventEnd domContentLoadedEventStart domInteractive domLoading
  domainLookupEnd domainLookupStart fetchStart loadEventEnd loadEventStart navigationStart redirectEnd redirectStart
  requestStart responseEnd responseStart secureConnectionStart unloadEventEnd unloadEventStart`.split(/\s+/),
);

function timeOf(mark: Mark): number {
  if (typeof mark === 'number') {
    if (mark < 0) throw new TypeError('A time of performance.measure must not be negative');
    return mark;
  }
  if (timesOfWindows.has(mark)) throw new TypeError(`'${mark}' names a time of a window, and there is none`);
  const found = latest('mark', mark);
  if (!found) throw new DOMException(`There is no mark '${mark}'`, 'SyntaxError');
  return found.startTime;
}

interface Span {
  start: Mark | undefined;
  end: Mark | undefined;
  duration: number | undefined;
  detail: unknown;
}

function readSpan(startOrOptions: unknown, endMark: unknown): Span {
  const end = endMark === undefined ? undefined : toDOMString(endMark, 'The end of a measure');
  if (startOrOptions !== undefined && startOrOptions !== null && !isObject(startOrOptions)) {
    const start = toDOMString(startOrOptions, 'The start of a measure');
    return { start, end, duration: undefined, detail: undefined };
  }
  const span = toDictionary(startOrOptions, measureOptions, 'PerformanceMeasureOptions');
  const { start, duration, detail } = span;
  if ((start ?? span.end ?? duration ?? detail) === undefined) return { ...span, end };
  if (end !== undefined) throw new TypeError('performance.measure takes options or an end mark, not both');
  if (start === undefined && span.end === undefined) {
    throw new TypeError('The options of performance.measure must have start or end');
  }
  if (start !== undefined && span.end !== undefined && duration !== undefined) {
    throw new TypeError('The options of performance.measure must not have all of start, end and duration');
  }
  return span;
}

export function measure(name: unknown, startOrOptions: unknown, endMark: unknown): PerformanceMeasure {
  const text = toDOMString(name, 'The name of a measure');
  const { start, end, duration, detail } = readSpan(startOrOptions, endMark);
  const length = duration === undefined ? undefined : timeOf(duration);
  let to: number;
  if (end !== undefined) to = timeOf(end);
  else if (start !== undefined && length !== undefined) to = timeOf(start) + length;
  else to = ops.clock.now();
  let from = 0;
  if (start !== undefined) from = timeOf(start);
  else if (length !== undefined) from = to - length;
  return new PerformanceMeasure(internal, text, from, to - from, toDetail(detail));
}
