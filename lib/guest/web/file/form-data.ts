/** FormData (https://xhr.spec.whatwg.org/#interface-formdata). */
import { Kind } from '../../../shared/web/parts.ts';
import { registerCrossing } from '../base/crossing.ts';
import {
  defineInterface,
  definePairIterable,
  isObject,
  requireArguments,
  toUSVString,
  typeOf,
} from '../base/webidl.ts';
import { type Blob, isBlob } from './blob.ts';
import { type File, isFile, named } from './file.ts';

export type FormEntry = readonly [name: string, value: string | File];

export let isFormData: (value: unknown) => value is FormData;
export let entriesOf: (form: FormData) => FormEntry[];
export let makeFormData: (entries: FormEntry[]) => FormData;

export class FormData {
  #entries: FormEntry[] = [];

  constructor(form: unknown = undefined) {
    if (form !== undefined) {
      throw new TypeError(`new FormData takes no form here: there are none, got ${typeOf(form)}`);
    }
  }

  append(name: unknown, value: unknown, filename: unknown = undefined): void {
    const entries = this.#entries;
    requireArguments(arguments.length, 2, 'FormData.append');
    entries.push(toEntry('FormData.append', name, value, arguments.length > 2, filename));
  }

  delete(name: unknown): void {
    const entries = this.#entries;
    requireArguments(arguments.length, 1, 'FormData.delete');
    const key = toUSVString(name, 'The name of an entry');
    this.#entries = entries.filter((entry) => entry[0] !== key);
  }

  get(name: unknown): string | File | null {
    const entries = this.#entries;
    requireArguments(arguments.length, 1, 'FormData.get');
    const key = toUSVString(name, 'The name of an entry');
    return entries.find((entry) => entry[0] === key)?.[1] ?? null;
  }

  getAll(name: unknown): (string | File)[] {
    const entries = this.#entries;
    requireArguments(arguments.length, 1, 'FormData.getAll');
    const key = toUSVString(name, 'The name of an entry');
    return entries.filter((entry) => entry[0] === key).map((entry) => entry[1]);
  }

  has(name: unknown): boolean {
    const entries = this.#entries;
    requireArguments(arguments.length, 1, 'FormData.has');
    const key = toUSVString(name, 'The name of an entry');
    return entries.some((entry) => entry[0] === key);
  }

  set(name: unknown, value: unknown, filename: unknown = undefined): void {
    const entries = this.#entries;
    requireArguments(arguments.length, 2, 'FormData.set');
    const entry = toEntry('FormData.set', name, value, arguments.length > 2, filename);
    const first = entries.findIndex((known) => known[0] === entry[0]);
    if (first < 0) {
      entries.push(entry);
    } else {
      this.#entries = entries.filter((known, index) => index === first || known[0] !== entry[0]);
      this.#entries[first] = entry;
    }
  }

  static {
    isFormData = (value): value is FormData => isObject(value) && #entries in value;
    entriesOf = (form) => form.#entries;
    makeFormData = (entries) => {
      const form = new FormData();
      form.#entries = entries;
      return form;
    };
  }
}

/** Three arguments, or a Blob as the second, are the overload for files. */
function toEntry(what: string, name: unknown, value: unknown, hasFilename: boolean, filename: unknown): FormEntry {
  if (hasFilename && !isBlob(value)) {
    throw new TypeError(`The second argument of ${what} must be a Blob where there is a third, got ${typeOf(value)}`);
  }
  const key = toUSVString(name, `The first argument of ${what}`);
  if (!isBlob(value)) return [key, toUSVString(value, `The second argument of ${what}`)];
  const given =
    hasFilename && filename !== undefined ? toUSVString(filename, `The third argument of ${what}`) : undefined;
  return [key, toFile(value, given)];
}

function toFile(blob: Blob, filename: string | undefined): File {
  if (!isFile(blob)) return named(blob, filename ?? 'blob', Date.now());
  return filename === undefined ? blob : named(blob, filename, blob.lastModified);
}

defineInterface(FormData, {
  name: 'FormData',
  members: ['append', 'delete', 'get', 'getAll', 'has', 'set'],
  lengths: { constructor: 0, append: 2, set: 2 },
});
definePairIterable(FormData, 'FormData', (form, index) => entriesOf(form)[index]);

registerCrossing(isFormData, (form) => {
  const entries = entriesOf(form);
  const flat: (string | File)[] = [];
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as FormEntry;
    flat[2 * i] = entry[0];
    flat[2 * i + 1] = entry[1];
  }
  return [Kind.formData, flat];
});
