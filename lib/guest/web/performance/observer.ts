/** PerformanceObserver (https://w3c.github.io/performance-timeline/#the-performanceobserver-interface). */
import { DOMException } from '../base/dom-exception.ts';
import { ops } from '../base/ops.ts';
import {
  type Callback,
  defineInterface,
  internal,
  requireArguments,
  requireInternal,
  toBoolean,
  toDictionary,
  toDOMString,
  toFunction,
  toSequence,
} from '../base/webidl.ts';
import { reportException } from '../events/report.ts';
import type { PerformanceEntry } from './entries.ts';
import { droppedOf, type EntryType, entryTypes, find, onEntry, select } from './timeline.ts';

const { apply } = Reflect;

const toStrings = (value: unknown, what: string) => toSequence(value, toDOMString, what);
const observerInit = {
  buffered: { to: toBoolean },
  entryTypes: { to: toStrings },
  type: { to: toDOMString },
} as const;

const isKnown = (type: string): type is EntryType => entryTypes.includes(type as EntryType);
const toOptional = (value: unknown) => (value === undefined ? undefined : toDOMString(value, 'The type of an entry'));

export class PerformanceObserverEntryList {
  readonly #entries: PerformanceEntry[];

  constructor(token?: unknown, entries: PerformanceEntry[] = []) {
    requireInternal(token);
    this.#entries = entries;
  }

  getEntries(): PerformanceEntry[] {
    return select(this.#entries, undefined, undefined);
  }

  getEntriesByType(type: unknown): PerformanceEntry[] {
    const entries = this.#entries;
    requireArguments(arguments.length, 1, 'PerformanceObserverEntryList.getEntriesByType');
    return select(entries, undefined, toDOMString(type, 'The type of an entry'));
  }

  getEntriesByName(name: unknown, type: unknown = undefined): PerformanceEntry[] {
    const entries = this.#entries;
    requireArguments(arguments.length, 1, 'PerformanceObserverEntryList.getEntriesByName');
    return select(entries, toDOMString(name, 'The name of an entry'), toOptional(type));
  }
}

defineInterface(PerformanceObserverEntryList, {
  name: 'PerformanceObserverEntryList',
  members: ['getEntries', 'getEntriesByType', 'getEntriesByName'],
  lengths: { constructor: 0, getEntriesByName: 1 },
});

/** Those that observe something, in the order in which they began. */
let observers: readonly PerformanceObserver[] = [];
/** When a delivery was queued. It may be lost with the call that did: after this many milliseconds another one is. */
let queuedAt = -Infinity;
const patience = 1000;
let offer: (observer: PerformanceObserver, entry: PerformanceEntry) => void;
let deliver: (observer: PerformanceObserver) => void;

function queueDelivery(): void {
  const now = ops.clock.now();
  if (now - queuedAt < patience) return;
  queuedAt = now;
  ops.guest.setTask(() => {
    queuedAt = -Infinity;
    const present = observers;
    for (let i = 0; i < present.length; i++) deliver(present[i] as PerformanceObserver);
  });
}

onEntry((entry) => {
  for (let i = 0; i < observers.length; i++) offer(observers[i] as PerformanceObserver, entry);
});

export class PerformanceObserver {
  static readonly #supported = Object.freeze([...entryTypes]);
  readonly #callback: Callback;
  #kind: 'single' | 'multiple' | undefined;
  #types: EntryType[] = [];
  #buffer: PerformanceEntry[] = [];
  #tellsDropped = false;

  constructor(callback: unknown) {
    requireArguments(arguments.length, 1, 'new PerformanceObserver()');
    this.#callback = toFunction(callback, 'The callback of a PerformanceObserver');
  }

  static get supportedEntryTypes(): readonly string[] {
    return PerformanceObserver.#supported;
  }

  observe(options: unknown = undefined): void {
    const kind = this.#kind;
    const init = toDictionary(options, observerInit, 'PerformanceObserverInit');
    if (init.entryTypes === undefined && init.type === undefined) {
      throw new TypeError('PerformanceObserver.observe needs entryTypes or type');
    }
    if (init.entryTypes !== undefined && (init.type !== undefined || init.buffered !== undefined)) {
      throw new TypeError('PerformanceObserver.observe takes entryTypes alone, or type and buffered');
    }
    const wanted = init.entryTypes ? 'multiple' : 'single';
    if (kind !== undefined && kind !== wanted) {
      throw new DOMException('The observer was begun the other way', 'InvalidModificationError');
    }
    this.#kind = wanted;
    this.#tellsDropped = true;
    if (init.entryTypes) {
      const types = [...new Set(init.entryTypes.filter(isKnown))];
      if (types.length > 0) this.#begin(types);
    } else if (init.type !== undefined && isKnown(init.type)) {
      this.#begin([...new Set([...this.#types, init.type])]);
      if (init.buffered) {
        const entries = find(undefined, init.type);
        for (let i = 0; i < entries.length; i++) this.#buffer.push(entries[i] as PerformanceEntry);
        if (entries.length > 0) queueDelivery();
      }
    }
  }

  disconnect(): void {
    this.#types = [];
    this.#buffer = [];
    observers = observers.filter((observer) => observer !== this);
  }

  takeRecords(): PerformanceEntry[] {
    return this.#take();
  }

  #take(): PerformanceEntry[] {
    const records = this.#buffer;
    this.#buffer = [];
    return records;
  }

  #begin(types: EntryType[]): void {
    this.#types = types;
    if (!observers.includes(this)) observers = [...observers, this];
  }

  static {
    offer = (observer, entry) => {
      if (!observer.#types.includes(entry.entryType as EntryType)) return;
      observer.#buffer.push(entry);
      queueDelivery();
    };
    deliver = (observer) => {
      const entries = observer.#take();
      if (entries.length === 0) return;
      const options: { droppedEntriesCount?: number } = {};
      if (observer.#tellsDropped) {
        observer.#tellsDropped = false;
        options.droppedEntriesCount = observer.#types.reduce((sum, type) => sum + droppedOf(type), 0);
      }
      const list = new PerformanceObserverEntryList(internal, entries);
      try {
        apply(observer.#callback, observer, [list, observer, options]);
      } catch (error) {
        reportException(error);
      }
    };
  }
}

defineInterface(PerformanceObserver, {
  name: 'PerformanceObserver',
  members: ['observe', 'disconnect', 'takeRecords'],
  statics: ['supportedEntryTypes'],
  lengths: { constructor: 1, observe: 0 },
});
