/**
 * PerformanceEntry (https://w3c.github.io/performance-timeline/#the-performanceentry-interface), PerformanceMark and
 * PerformanceMeasure (https://w3c.github.io/user-timing/).
 */
import { ops } from '../base/ops.ts';
import {
  defineInterface,
  internal,
  requireArguments,
  requireInternal,
  toAny,
  toDictionary,
  toDOMString,
  toDouble,
} from '../base/webidl.ts';
import { clone } from '../messaging/clone.ts';

let lastId = 0;

export class PerformanceEntry {
  readonly #id = ++lastId;
  readonly #name: string;
  readonly #entryType: string;
  readonly #startTime: number;
  readonly #duration: number;

  constructor(token?: unknown, name = '', entryType = '', startTime = 0, duration = 0) {
    requireInternal(token);
    this.#name = name;
    this.#entryType = entryType;
    this.#startTime = startTime;
    this.#duration = duration;
  }

  get id(): number {
    return this.#id;
  }

  get name(): string {
    return this.#name;
  }

  get entryType(): string {
    return this.#entryType;
  }

  get startTime(): number {
    return this.#startTime;
  }

  get duration(): number {
    return this.#duration;
  }

  get navigationId(): number {
    // Brand check: a guest never navigates.
    return this.#duration * 0;
  }

  toJSON(): Record<string, unknown> {
    return {
      id: this.#id,
      name: this.#name,
      entryType: this.#entryType,
      startTime: this.#startTime,
      duration: this.#duration,
      navigationId: 0,
    };
  }
}

defineInterface(PerformanceEntry, {
  name: 'PerformanceEntry',
  members: ['id', 'name', 'entryType', 'startTime', 'duration', 'navigationId', 'toJSON'],
  lengths: { constructor: 0 },
});

const markOptions = { detail: { to: toAny }, startTime: { to: toDouble } } as const;

/** A copy of what the guest gives with an entry; nothing and null are null. */
export const toDetail = (detail: unknown) => (detail === undefined || detail === null ? null : clone(detail));

export class PerformanceMark extends PerformanceEntry {
  readonly #detail: unknown;

  constructor(name: unknown, options: unknown = undefined) {
    requireArguments(arguments.length, 1, 'new PerformanceMark()');
    const text = toDOMString(name, 'The name of a mark');
    const { detail, startTime } = toDictionary(options, markOptions, 'PerformanceMarkOptions');
    if (startTime !== undefined && startTime < 0) throw new TypeError('The startTime of a mark must not be negative');
    super(internal, text, 'mark', startTime ?? ops.clock.now());
    this.#detail = toDetail(detail);
  }

  get detail(): unknown {
    return this.#detail;
  }
}

defineInterface(PerformanceMark, { name: 'PerformanceMark', members: ['detail'], lengths: { constructor: 1 } });

export class PerformanceMeasure extends PerformanceEntry {
  readonly #detail: unknown;

  constructor(token?: unknown, name = '', startTime = 0, duration = 0, detail: unknown = null) {
    super(token, name, 'measure', startTime, duration);
    this.#detail = detail;
  }

  get detail(): unknown {
    return this.#detail;
  }
}

defineInterface(PerformanceMeasure, { name: 'PerformanceMeasure', members: ['detail'], lengths: { constructor: 0 } });
