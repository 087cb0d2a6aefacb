/**
 * Performance (https://w3c.github.io/hr-time/, https://w3c.github.io/user-timing/): a clock as coarse as the option
 * `clockResolution` says, marks and measures.
 */
import { ops } from '../base/ops.ts';
import { defineInterface, internal, requireArguments, requireInternal, toDOMString } from '../base/webidl.ts';
import { EventTarget } from '../events/event-target.ts';
import { type PerformanceEntry, PerformanceMark, type PerformanceMeasure } from './entries.ts';
import { measure } from './measure.ts';
import { clear, find, keep } from './timeline.ts';

const toName = (value: unknown) => (value === undefined ? undefined : toDOMString(value, 'The name of an entry'));
const toType = (value: unknown) => (value === undefined ? undefined : toDOMString(value, 'The type of an entry'));

export class Performance extends EventTarget {
  /** For brand checks. */
  readonly #clock: { now(): number; origin(): number };

  constructor(token?: unknown) {
    requireInternal(token);
    super();
    // The ops themselves stay where guest code can't reach them.
    this.#clock = { now: () => ops.clock.now(), origin: () => ops.clock.origin() };
  }

  now(): number {
    return this.#clock.now();
  }

  get timeOrigin(): number {
    return this.#clock.origin();
  }

  toJSON(): Record<string, unknown> {
    return { timeOrigin: this.#clock.origin() };
  }

  mark(name: unknown, options: unknown = undefined): PerformanceMark {
    requireArguments(this.#given(arguments), 1, 'Performance.mark');
    const mark = new PerformanceMark(name, options);
    keep(mark);
    return mark;
  }

  clearMarks(name: unknown = undefined): void {
    this.#given(arguments);
    clear('mark', toName(name));
  }

  measure(name: unknown, startOrOptions: unknown = undefined, endMark: unknown = undefined): PerformanceMeasure {
    requireArguments(this.#given(arguments), 1, 'Performance.measure');
    const made = measure(name, startOrOptions, endMark);
    keep(made);
    return made;
  }

  clearMeasures(name: unknown = undefined): void {
    this.#given(arguments);
    clear('measure', toName(name));
  }

  getEntries(): PerformanceEntry[] {
    this.#given(arguments);
    return find(undefined, undefined);
  }

  getEntriesByType(type: unknown): PerformanceEntry[] {
    requireArguments(this.#given(arguments), 1, 'Performance.getEntriesByType');
    return find(undefined, toDOMString(type, 'The type of an entry'));
  }

  getEntriesByName(name: unknown, type: unknown = undefined): PerformanceEntry[] {
    requireArguments(this.#given(arguments), 1, 'Performance.getEntriesByName');
    return find(toDOMString(name, 'The name of an entry'), toType(type));
  }

  /** How many arguments were given, and a TypeError if this is no Performance. */
  #given(args: ArrayLike<unknown>): number {
    return args.length;
  }
}

defineInterface(Performance, {
  name: 'Performance',
  members: [
    'now',
    'timeOrigin',
    'toJSON',
    'getEntries',
    'getEntriesByType',
    'getEntriesByName',
    'mark',
    'clearMarks',
    'measure',
    'clearMeasures',
  ],
  lengths: { constructor: 0, mark: 1, clearMarks: 0, measure: 1, clearMeasures: 0, getEntriesByName: 1 },
});

export const performance = new Performance(internal);
