/** URLPattern, after https://urlpattern.spec.whatwg.org/#urlpattern-class. */
import {
  type Dictionary,
  defineInterface,
  isObject,
  requireArguments,
  toBoolean,
  toDictionary,
  toEnum,
  toInterface,
  toRecord,
  toUSVString,
} from '../../base/webidl.ts';
import { parseRecord } from '../record.ts';
import * as canonicalize from './canonicalize.ts';
import { type Component, compareComponents, compile, generate } from './component.ts';
import { parseConstructorString } from './constructor-string.ts';
import {
  type ComponentName,
  componentNames,
  matchesSpecial,
  type PatternInit,
  plainOptions,
  processInit,
  type Values,
  valuesOf,
} from './init.ts';

const string = { to: toUSVString };
/** In alphabetical order, as Web IDL reads them. */
const initMembers = {
  baseURL: string,
  hash: string,
  hostname: string,
  password: string,
  pathname: string,
  port: string,
  protocol: string,
  search: string,
  username: string,
} as const;
const initNames = [...componentNames, 'baseURL'] as const;
const optionMembers = { ignoreCase: { to: toBoolean, default: false } } as const;

type Options = Dictionary<typeof optionMembers>;
type Components = { [K in ComponentName]: Component };

/** A text, or what a URLPatternInit has of its members. */
function toInput(value: unknown, what: string): string | PatternInit {
  if (value !== undefined && value !== null && !isObject(value)) return toUSVString(value, what);
  const given = toDictionary(value, initMembers, what);
  const init: PatternInit = {};
  for (const name of initNames) {
    if (given[name] !== undefined) init[name] = given[name];
  }
  return init;
}

function readPattern(input: string | PatternInit, baseURL: string | undefined): PatternInit {
  if (typeof input !== 'string') {
    if (baseURL !== undefined) throw new TypeError('A base URL beside an object must be its member baseURL');
    return processInit(input, true);
  }
  const init = parseConstructorString(input);
  if (baseURL !== undefined) init.baseURL = baseURL;
  else if (init.protocol === undefined) throw new TypeError('A pattern without a protocol needs a base URL');
  return processInit(init, true);
}

function compileAll(init: PatternInit, { ignoreCase }: Options): Components {
  const of = (name: ComponentName) => init[name] ?? '*';
  const protocol = compile(of('protocol'), canonicalize.protocol, plainOptions);
  const special = matchesSpecial(protocol);
  const isIpv6 = /^[{\\]?\[/.test(of('hostname')) && of('hostname').length > 1;
  const toHostname = isIpv6 ? canonicalize.ipv6Hostname : special ? canonicalize.domain : canonicalize.hostname;
  const port = canonicalize.isDefaultPort(of('protocol'), of('port')) ? '' : of('port');
  const plain = { ...plainOptions, ignoreCase };
  return {
    protocol,
    username: compile(of('username'), canonicalize.username, plainOptions),
    password: compile(of('password'), canonicalize.password, plainOptions),
    hostname: compile(of('hostname'), toHostname, { ...plainOptions, delimiter: '.' }),
    port: compile(port, (text) => canonicalize.port(text), plainOptions),
    pathname: special
      ? compile(of('pathname'), canonicalize.pathname, { delimiter: '/', prefix: '/', ignoreCase })
      : compile(of('pathname'), canonicalize.opaquePathname, plain),
    search: compile(of('search'), canonicalize.search, plain),
    hash: compile(of('hash'), canonicalize.hash, plain),
  };
}

class URLPattern {
  #components: Components;

  static #is = (value: unknown): value is URLPattern => isObject(value) && #components in value;

  constructor(input: unknown = undefined, baseURL: unknown = undefined, options: unknown = undefined) {
    // (input, options) or (input, baseURL, options).
    const withBase = arguments.length > 2 || (baseURL !== undefined && baseURL !== null && !isObject(baseURL));
    const given = toInput(input, 'The pattern');
    const base = withBase ? toUSVString(baseURL, 'The base URL') : undefined;
    const settings = toDictionary(withBase ? options : baseURL, optionMembers, 'The options of URLPattern');
    this.#components = compileAll(readPattern(given, base), settings);
  }

  static compareComponent(component: unknown, left: unknown, right: unknown): number {
    requireArguments(arguments.length, 3, 'URLPattern.compareComponent');
    const name = toEnum(component, componentNames, 'The component');
    const a = toInterface(left, URLPattern.#is, 'URLPattern', 'The second argument');
    const b = toInterface(right, URLPattern.#is, 'URLPattern', 'The third argument');
    return compareComponents(a.#components[name], b.#components[name]);
  }

  /** Null: the input is no URL. */
  static #values(input: string | PatternInit, baseURL: string | undefined): Values | null {
    if (typeof input === 'string') {
      const url = parseRecord(input, baseURL);
      return url && valuesOf(url);
    }
    if (baseURL !== undefined) throw new TypeError('A base URL beside an object must be its member baseURL');
    try {
      return processInit(input, false) as Values;
    } catch {
      return null;
    }
  }

  test(input: unknown = undefined, baseURL: unknown = undefined): boolean {
    const components = this.#components;
    const given = toInput(input, 'The input');
    const values = URLPattern.#values(given, baseURL === undefined ? undefined : toUSVString(baseURL, 'The base URL'));
    return values !== null && componentNames.every((name) => components[name].regexp.test(values[name]));
  }

  exec(input: unknown = undefined, baseURL: unknown = undefined): object | null {
    const components = this.#components;
    const given = toInput(input, 'The input');
    const base = baseURL === undefined ? undefined : toUSVString(baseURL, 'The base URL');
    const values = URLPattern.#values(given, base);
    if (values === null) return null;
    const result: Record<string, unknown> = { inputs: base === undefined ? [given] : [given, base] };
    for (const name of componentNames) {
      const { regexp, names } = components[name];
      const found = regexp.exec(values[name]);
      if (found === null) return null;
      const groups: Record<string, string | undefined> = {};
      for (let i = 0; i < names.length; i++) {
        const value = found[i + 1];
        Object.defineProperty(groups, names[i] as string, {
          value,
          writable: true,
          enumerable: true,
          configurable: true,
        });
      }
      result[name] = { input: values[name], groups };
    }
    return result;
  }

  generate(component: unknown, groups: unknown): string {
    const components = this.#components;
    requireArguments(arguments.length, 2, 'URLPattern.generate');
    const name = toEnum(component, componentNames, 'The component');
    return generate(components[name], new Map(toRecord(groups, toUSVString, toUSVString, 'The groups')));
  }

  get protocol(): string {
    return this.#components.protocol.text;
  }

  get username(): string {
    return this.#components.username.text;
  }

  get password(): string {
    return this.#components.password.text;
  }

  get hostname(): string {
    return this.#components.hostname.text;
  }

  get port(): string {
    return this.#components.port.text;
  }

  get pathname(): string {
    return this.#components.pathname.text;
  }

  get search(): string {
    return this.#components.search.text;
  }

  get hash(): string {
    return this.#components.hash.text;
  }

  get hasRegExpGroups(): boolean {
    const components = this.#components;
    return componentNames.some((name) => components[name].hasRegExpGroups);
  }
}

defineInterface(URLPattern, {
  name: 'URLPattern',
  members: [...componentNames, 'hasRegExpGroups', 'test', 'exec', 'generate'],
  statics: ['compareComponent'],
  lengths: { constructor: 0, test: 0, exec: 0 },
});

export { URLPattern };
