import { checkBoolean, checkName, checkOneOf, checkOptions } from '../../options/check.ts';
import { invalidSecret, invalidType } from '../../options/invalid.ts';
import { type NumberField, numberRanges } from './number-fields.ts';
import type { PoolFunction } from './pool-function.ts';

const others: Record<Exclude<keyof PoolFunction, NumberField>, true> = {
  tenantId: true,
  name: true,
  code: true,
  web: true,
  version: true,
  env: true,
  secrets: true,
  apis: true,
  reuse: true,
};
export const functionFields: readonly string[] = [...Object.keys(others), ...Object.keys(numberRanges)];
const names: ReadonlySet<string> = new Set(functionFields);

/** Everything about a specification but its numbers. @throws {InvalidArgTypeError} that names the field. */
export function checkFunction(given: PoolFunction): PoolFunction {
  // A misspelt limit would be no limit.
  const spec = checkOptions(given, names, 'spec') as unknown as PoolFunction;
  for (const field of ['tenantId', 'name', 'code'] as const) checkName(spec[field], field);
  if (spec.web !== undefined) checkBoolean(spec.web, 'web');
  if (spec.version !== undefined) checkName(spec.version, 'version');
  if (spec.reuse !== undefined) checkOneOf(spec.reuse, 'reuse', ['warm', 'fresh']);
  checkTexts(spec.env, 'env', invalidType);
  checkTexts(spec.secrets, 'secrets', invalidSecret);
  checkApis(spec.apis);
  return spec;
}

function checkTexts(texts: unknown, field: string, invalid: typeof invalidType | typeof invalidSecret): void {
  if (texts === undefined) return;
  if (typeof texts !== 'object' || texts === null || Array.isArray(texts)) {
    throw invalid(field, texts, 'an object of strings');
  }
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value !== 'string') throw invalid(`${field}.${key}`, value, 'a string');
  }
}

function checkApis(apis: unknown): void {
  if (apis === undefined) return;
  if (!Array.isArray(apis)) throw invalidType('apis', apis, 'an array of names of platform APIs');
  for (const [index, name] of apis.entries()) checkName(name, `apis[${index}]`);
}
