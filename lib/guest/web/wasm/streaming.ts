/**
 * WebAssembly.compileStreaming and instantiateStreaming (https://webassembly.github.io/spec/web-api/). The body is read
 * whole before V8 sees it, so that a module meets the same limits as one of bytes.
 */
import { ops } from '../base/ops.ts';
import { isObject, requireArguments, typeOf } from '../base/webidl.ts';
import { asBytes } from '../fetch/body-mixin.ts';
import { headOf, isResponse, responseBody, responseHeaders } from '../fetch/response.ts';

const surroundingSpace = /^[\t ]+|[\t ]+$/g;
/** V8 refuses it in its own words where nothing may be compiled. */
const anyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

export function compileStreaming(given: readonly unknown[]): Promise<unknown> {
  return stream(given, 'WebAssembly.compileStreaming', () => (bytes) => ops.wasm.compile(bytes));
}

export function instantiateStreaming(given: readonly unknown[]): Promise<unknown> {
  const name = 'WebAssembly.instantiateStreaming';
  return stream(given, name, () => {
    const imports = given[1];
    if (imports !== undefined && !isObject(imports)) {
      throw new TypeError(`The imports of ${name} must be an object, got ${typeOf(imports)}`);
    }
    return (bytes) => ops.wasm.instantiate(bytes, imports);
  });
}

type Make = (bytes: Uint8Array<ArrayBuffer>) => Promise<unknown>;

function stream(given: readonly unknown[], name: string, prepare: () => Make): Promise<unknown> {
  return new Promise((resolve, reject) => {
    requireArguments(given.length, 1, name);
    const make = prepare();
    if (!ops.wasm.allowed()) return resolve(ops.wasm.compile(anyModule));
    const receive = (response: unknown) => {
      try {
        read(response, name, (bytes) => resolve(make(bytes)), reject);
      } catch (error) {
        reject(error);
      }
    };
    Promise.resolve(given[0]).then(receive, reject);
  });
}

function read(
  response: unknown,
  name: string,
  done: (bytes: Uint8Array<ArrayBuffer>) => void,
  fail: (reason: unknown) => void,
): void {
  if (!isResponse(response)) throw new TypeError(`${name} needs a Response, got ${typeOf(response)}`);
  const type = responseHeaders(response).get('content-type');
  if (type?.replace(surroundingSpace, '').toLowerCase() !== 'application/wasm') {
    throw new TypeError(`${name} needs a Response of type application/wasm, got ${type ?? 'one without a type'}`);
  }
  const { status } = headOf(response);
  if (status < 200 || status > 299) throw new TypeError(`${name} needs a Response that is ok, got status ${status}`);
  const body = responseBody(response);
  if (!body) {
    done(new Uint8Array());
    return;
  }
  if (body.unusable) throw new TypeError('The body is locked or was read already');
  body.read((all) => {
    try {
      done(asBytes(all));
    } catch (error) {
      fail(error);
    }
  }, fail);
}
