import type { ValidationIssue } from '../../errors/index.ts';
import { mustBe, secretMustBe } from '../../options/invalid.ts';
import { nearest } from '../../options/nearest.ts';
import { expectedNumber } from '../../pool/function/number-fields.ts';
import { type FunctionSpec, specFields } from '../spec.ts';

/** Longest tenant id or function name, in characters. */
const maxName = 256;
/** Largest environment, names and values together, in bytes. */
const maxEnv = 65_536;
/** A shorter value would be found by chance in ordinary text and could not be taken out of logs. */
const minSecret = 4;

/** An issue with a value of the specification, in the words of all messages about values. */
export function wrong(path: readonly PropertyKey[], expected: string, value: unknown): ValidationIssue {
  return { path, message: mustBe(path.map(String).join('.'), expected, value) };
}

/** What is wrong with a specification beside its code and its limits. */
export function validateFields(spec: FunctionSpec): ValidationIssue[] {
  const issues = unknownFields([], spec, specFields);
  const check = (field: keyof FunctionSpec, fits: (value: never) => boolean, expected: string) => {
    if (spec[field] !== undefined && !fits(spec[field] as never)) issues.push(wrong([field], expected, spec[field]));
  };
  for (const field of ['tenantId', 'name'] as const) {
    if (!isName(spec[field])) {
      issues.push(wrong([field], `a string of 1 to ${maxName} characters without control characters`, spec[field]));
    }
  }
  if (typeof (spec.code as unknown) !== 'string') issues.push(wrong(['code'], 'a string', spec.code));
  check('tier', (tier: unknown) => typeof tier === 'string', 'the name of a tier');
  check('reuse', (reuse: unknown) => reuse === 'warm' || reuse === 'fresh', "'warm' or 'fresh'");
  check('web', (web: unknown) => typeof web === 'boolean', 'true or false');
  check('checked', (checked: unknown) => typeof checked === 'boolean', 'true or false');
  check('prewarm', isPrewarm, 'true, false or a whole number');
  check('apis', isNameList, 'an array of names of platform APIs');
  const { concurrencyPerRuntime } = spec;
  const expected = concurrencyPerRuntime && expectedNumber('concurrencyPerRuntime', concurrencyPerRuntime);
  if (expected) issues.push(wrong(['concurrencyPerRuntime'], expected, concurrencyPerRuntime));
  if (spec.dryRun !== undefined) {
    if (typeof spec.dryRun !== 'object' || spec.dryRun === null) {
      issues.push(wrong(['dryRun'], 'an object { event }', spec.dryRun));
    } else {
      const { method }: { method?: unknown } = spec.dryRun;
      issues.push(...unknownFields(['dryRun'], spec.dryRun, ['event', 'method']));
      if (method !== undefined && !isName(method)) issues.push(wrong(['dryRun', 'method'], "a method's name", method));
    }
  }
  return [...issues, ...validateTexts(spec)];
}

const isName = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && value.length <= maxName && !/\p{Cc}/u.test(value);

const isPrewarm = (value: unknown): boolean =>
  typeof value === 'boolean' || (Number.isInteger(value) && (value as number) >= 0);

/** Of a value that may be a secret only its type is told. */
function validateTexts(spec: FunctionSpec): ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  let size = 0;
  for (const field of ['env', 'secrets'] as const) {
    const given: unknown = spec[field] ?? {};
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      issues.push(wrongText([field], 'an object of strings', given));
      continue;
    }
    for (const [key, value] of Object.entries(given)) {
      size += Buffer.byteLength(key) + Buffer.byteLength(String(value));
      const path = [field, key];
      if (typeof value !== 'string') issues.push(wrongText(path, 'a string', value));
      else if (field === 'secrets' && value.length < minSecret) {
        const expected = `a string of at least ${minSecret} characters`;
        issues.push({ path, message: `'secrets.${key}' must be ${expected}. Received one of ${value.length}` });
      }
      if (field === 'secrets' && Object.hasOwn(spec.env ?? {}, key)) {
        issues.push({ path, message: `'${key}' is in env as well` });
      }
    }
  }
  if (size > maxEnv) {
    issues.push({ path: ['env'], message: `env and secrets have ${size} bytes, the limit is ${maxEnv}` });
  }
  return issues;
}

function wrongText(path: readonly string[], expected: string, value: unknown): ValidationIssue {
  return { path, message: secretMustBe(path.join('.'), expected, value) };
}

export function isNameList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}

function unknownFields(path: readonly string[], value: object, fields: readonly string[]): ValidationIssue[] {
  return Object.keys(value)
    .filter((key) => !fields.includes(key))
    .map((key) => {
      const close = nearest(key, fields);
      const advice = close === undefined ? '' : `; did you mean '${close}'?`;
      const name = [...path, key].join('.');
      return { path: [...path, key], message: `'${name}' is not a field of a function specification${advice}` };
    });
}
