import { types } from 'node:util';
import { brief } from '../errors/brief.ts';
import { markHostError } from '../errors/host-errors.ts';
import { InvalidArgTypeError } from '../errors/invalid-arg.ts';
import type { ModuleType } from '../native.ts';
import { copyBytes } from '../options/bytes.ts';
import { checkFunction, checkName, checkOneOf, checkOptions } from '../options/check.ts';
import { invalidRange, invalidType } from '../options/invalid.ts';
import { given } from '../shared/own.ts';
import { type CurrentCall, runInCall } from './call-context.ts';

/** A module's content: source text, or bytes (which are UTF-8 where text is needed). */
export type ModuleContent = string | Uint8Array;

/** A module with its type. */
export interface TypedModule {
  /** The content, as its `type` wants it. */
  source: ModuleContent;
  /**
   * `'js'`: an ES module. `'json'`, `'text'`, `'bytes'`: a module whose default export is the parsed value, the string, a
   * `Uint8Array`. `'wasm'`: a WebAssembly binary; its exports are the module's. Default: `'js'`, or from a loader what the
   * import's `type` attribute says.
   */
  type?: ModuleType | undefined;
}

/** What {@link Runtime.addModule} takes: JavaScript source text, or content with a type. */
export type ModuleSource = ModuleContent | TypedModule;

/** What a resolver is told besides the specifier. */
export interface ModuleResolveContext {
  /** The import's attributes, as in `import x from 'y' with { type: 'json' }`. */
  attributes: Readonly<Record<string, string>>;
  /** True for the specifier given to `evalModule`, false for an `import`. */
  isEntry: boolean;
}

/** What a loader is told besides the URL. */
export interface ModuleLoadContext {
  /** The import's attributes. */
  attributes: Readonly<Record<string, string>>;
  /** URL of the module that imports it first; `null` for an entry. */
  referrer: string | null;
}

/**
 * Maps a specifier to an absolute URL or to the name of a registered module. `null`, `undefined` or `''`: the default
 * rules apply. `referrer` is the URL of the importing module, the file name of the importing script, or `null`.
 */
export type ModuleResolver = (
  specifier: string,
  referrer: string | null,
  context: ModuleResolveContext,
) => string | null | undefined | Promise<string | null | undefined>;

/** Provides the module at an absolute URL that is not registered. `null` or `undefined`: there is none. */
export type ModuleLoader = (
  url: string,
  context: ModuleLoadContext,
) => ModuleSource | null | undefined | Promise<ModuleSource | null | undefined>;

/** The exports of a module as a plain object. Values are copies taken when it was evaluated, functions are handles. */
export type ModuleNamespace = Record<string, unknown>;

const moduleTypes: readonly ModuleType[] = ['js', 'json', 'text', 'bytes', 'wasm'];
const sourceNames: ReadonlySet<string> = new Set(['source', 'type']);
const binary: ReadonlySet<ModuleType> = new Set(['bytes', 'wasm']);

/** Longest specifier or name, in characters. */
const maxSpecifier = 8192;

export function checkSpecifier(value: unknown, option: string): string {
  const specifier = checkName(value, option);
  if (specifier.length > maxSpecifier) throw invalidRange(option, value, `at most ${maxSpecifier} characters long`);
  return specifier;
}

/** The name of a registered module: what a bare specifier may be. */
export function checkModuleName(value: unknown): string {
  const name = checkSpecifier(value, 'name');
  if (/^\/|(^|\/)\.\.?(\/|$)/.test(name)) {
    throw invalidRange(
      'name',
      value,
      "a bare name or an absolute URL, without '.' and '..' segments and no '/' in front",
    );
  }
  return name;
}

/** A source with its type, in the form the engine takes: text as a string, the rest as bytes. */
export function checkModuleSource(value: unknown, option: string): { type: ModuleType; content: ModuleContent } {
  const { type, content } = readSource(value, option);
  return { type: type ?? 'js', content: fitting(content, type ?? 'js', option) };
}

function readSource(value: unknown, option: string): { type: ModuleType | undefined; content: ModuleContent } {
  if (isContent(value)) return { type: undefined, content: contentOf(value, option) };
  if (typeof value !== 'object' || value === null) {
    throw invalidType(option, value, 'a string, a Uint8Array or an object { source, type }');
  }
  const { source, type: named } = checkOptions(value, sourceNames, option);
  if (!isContent(source)) throw invalidType(`${option}.source`, source, 'a string or a Uint8Array');
  const type = named === undefined ? undefined : checkOneOf(named, `${option}.type`, moduleTypes);
  return { type, content: contentOf(source, `${option}.source`) };
}

const contentOf = (content: ModuleContent, option: string): ModuleContent =>
  typeof content === 'string' ? content : copyBytes(content, option);

function isContent(value: unknown): value is ModuleContent {
  return typeof value === 'string' || types.isUint8Array(value);
}

function fitting(content: ModuleContent, type: ModuleType, option: string): ModuleContent {
  if (!binary.has(type)) return typeof content === 'string' ? content : new TextDecoder().decode(content);
  if (typeof content !== 'string') return content;
  if (type === 'bytes') return new TextEncoder().encode(content);
  throw invalidType(`${option}.source`, content, "a Uint8Array for the type 'wasm'");
}

/** The host's half of module loading: the resolver and the loader, and the answers to what the engine asks of them. */
export class ModuleHooks {
  resolver: ModuleResolver | null = null;
  loader: ModuleLoader | null = null;

  setResolver(value: unknown): void {
    this.resolver = value === null ? null : (checkFunction(value, 'resolver') as ModuleResolver);
  }

  setLoader(value: unknown): void {
    this.loader = value === null ? null : (checkFunction(value, 'loader') as ModuleLoader);
  }

  /** The engine asks: `['resolve' | 'load', specifier or URL, referrer, type attribute, is entry, the one that can't wait]`. */
  answer(call: CurrentCall, args: unknown[]): unknown {
    const [question, subject, referrer, type, isEntry, sync] = args as [
      'resolve' | 'load',
      string,
      string | null,
      ModuleType | null,
      boolean,
      'evalModule' | 'import.meta.resolve' | null,
    ];
    const attributes = type === null ? {} : { type };
    try {
      const answer = runInCall(call, () =>
        question === 'resolve'
          ? this.resolver?.(subject, referrer, { attributes, isEntry })
          : this.loader?.(subject, { attributes, referrer }),
      );
      const read = (value: unknown): unknown =>
        question === 'resolve' ? readUrl(value, subject, referrer) : readLoaded(value, type);
      if (!isThenable(answer)) return read(answer);
      const later = Promise.resolve(answer).then(read);
      // Also marks the promise as handled: nobody else listens to it when the guest is gone.
      later.catch(markHostError);
      if (sync !== null) throw asynchronous(question, sync);
      return later;
    } catch (error) {
      markHostError(error);
      throw error;
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof given(value, 'then') === 'function';
}

function asynchronous(question: 'resolve' | 'load', who: 'evalModule' | 'import.meta.resolve'): TypeError {
  const hook = question === 'resolve' ? 'resolver' : 'loader';
  const advice = who === 'evalModule' ? ' Use evalModuleAsync.' : '';
  return new TypeError(`The ${hook} is asynchronous, and ${who} can't wait for it.${advice}`);
}

function nonsense(hook: 'resolver' | 'loader', value: unknown, expected: string): InvalidArgTypeError {
  return new InvalidArgTypeError(`The ${hook} must answer ${expected}. It answered ${brief(value)}.`, hook, value);
}

/** What the resolver says, or for a relative import of a module with a URL of the host's: the two joined. */
function readUrl(value: unknown, specifier: string, referrer: string | null): string | null {
  if (typeof value === 'string' && value !== '') return checkSpecifier(value, 'the resolved URL');
  if (value !== undefined && value !== null && value !== '') {
    throw nonsense('resolver', value, 'an absolute URL, the name of a registered module, null or undefined');
  }
  const foreign = referrer !== null && /^[a-z][a-z0-9+.-]*:/i.test(referrer) && !referrer.startsWith('isolet:');
  return foreign && /^\.{0,2}\//.test(specifier) ? new URL(specifier, referrer).href : null;
}

function readLoaded(value: unknown, asked: ModuleType | null): [ModuleType | null, ModuleContent] | null {
  if (value === undefined || value === null) return null;
  if (!isContent(value) && (typeof value !== 'object' || Array.isArray(value) || ArrayBuffer.isView(value))) {
    throw nonsense('loader', value, 'source text, a Uint8Array, an object { source, type }, null or undefined');
  }
  const { type, content } = readSource(value, 'the loaded module');
  const effective = type ?? asked ?? 'js';
  return [effective, fitting(content, effective, 'the loaded module')];
}
