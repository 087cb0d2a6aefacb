/**
 * Node's own objects of the web, known by what only they have inside: the getter or method of the class has to accept
 * them. The name in `Symbol.toStringTag` only says which class to ask, so that none is loaded for nothing.
 */
import { Blob, File } from 'node:buffer';

const { apply, getOwnPropertyDescriptor } = Reflect;

/** A member of each class that looks inside, and what it is called with. */
const members = {
  DOMException: 'name',
  URL: 'href',
  URLSearchParams: 'toString',
  Headers: 'has',
  Blob: 'size',
  File: 'lastModified',
  FormData: 'has',
  AbortSignal: 'aborted',
  Request: 'method',
  Response: 'status',
} as const;

export type WebName = keyof typeof members;

interface Instances {
  DOMException: DOMException;
  URL: URL;
  URLSearchParams: URLSearchParams;
  Headers: Headers;
  Blob: Blob;
  File: File;
  FormData: FormData;
  AbortSignal: AbortSignal;
  Request: Request;
  Response: Response;
}

export type WebObject<Name extends WebName> = Instances[Name];

type Look = (this: object, argument: string) => unknown;

const looks = new Map<WebName, Look>();

function lookOf(name: WebName): Look {
  const known = looks.get(name);
  if (known) return known;
  const Class = name === 'Blob' ? Blob : name === 'File' ? File : globalThis[name];
  const member = getOwnPropertyDescriptor(Class.prototype, members[name]);
  const look = (member?.get ?? member?.value) as Look;
  looks.set(name, look);
  return look;
}

/** Whether it is one, whatever it says of itself. */
export function isWebObject<Name extends WebName>(value: unknown, name: Name): value is WebObject<Name> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    // For those that take an argument: any header or entry.
    apply(lookOf(name), value, ['x']);
    return true;
  } catch {
    return false;
  }
}

/** Which of them a value is. */
export function webNameOf(value: object): WebName | undefined {
  try {
    const tag = (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
    if (typeof tag !== 'string' || !Object.hasOwn(members, tag)) return undefined;
    return isWebObject(value, tag as WebName) ? (tag as WebName) : undefined;
  } catch {
    return undefined;
  }
}

/** As it is now; what can't be changed, or only be read to its end, is its own copy. */
export function copyOfWebObject(value: object, name: WebName): object {
  switch (name) {
    case 'URL':
      return new URL((value as URL).href);
    case 'URLSearchParams':
      return new URLSearchParams((value as URLSearchParams).toString());
    case 'Headers':
      return new Headers(value as Headers);
    case 'FormData': {
      const copy = new FormData();
      for (const [key, entry] of value as FormData) copy.append(key, entry as string);
      return copy;
    }
    default:
      return value;
  }
}
