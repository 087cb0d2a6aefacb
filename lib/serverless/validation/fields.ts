import type { ValidationIssue } from '../../errors/index.ts';
import { nearest } from '../../options/nearest.ts';
import { numberProblem } from '../../pool/function.ts';
import { type FunctionSpec, specFields } from '../spec.ts';

/** Longest tenant id or function name, in characters. */
const maxName = 256;
/** Largest environment, names and values together, in bytes. */
const maxEnv = 65_536;
/** A shorter value would be found by chance in ordinary text and could not be taken out of logs. */
const minSecret = 4;

/** What is wrong with a specification beside its code and its limits. */
export function validateFields(spec: FunctionSpec): ValidationIssue[] {
  const issues = unknownFields(spec);
  for (const field of ['tenantId', 'name'] as const) {
    const value: unknown = spec[field];
    if (typeof value !== 'string' || value === '' || value.length > maxName || /\p{Cc}/u.test(value)) {
      issues.push({
        path: [field],
        message: `${field} must be a string of 1 to ${maxName} characters without control characters`,
      });
    }
  }
  if (typeof (spec.code as unknown) !== 'string') issues.push({ path: ['code'], message: 'code must be a string' });
  if (spec.reuse !== undefined && spec.reuse !== 'warm' && spec.reuse !== 'fresh') {
    issues.push({ path: ['reuse'], message: "reuse must be 'warm' or 'fresh'" });
  }
  const { concurrencyPerRuntime, prewarm } = spec;
  const problem = concurrencyPerRuntime !== undefined && numberProblem('concurrencyPerRuntime', concurrencyPerRuntime);
  if (problem) issues.push({ path: ['concurrencyPerRuntime'], message: problem });
  if (typeof prewarm === 'number' && !(Number.isInteger(prewarm) && prewarm >= 0)) {
    issues.push({ path: ['prewarm'], message: 'prewarm must be true, false or a whole number' });
  }
  if (prewarm !== undefined && typeof prewarm !== 'number' && typeof prewarm !== 'boolean') {
    issues.push({ path: ['prewarm'], message: 'prewarm must be true, false or a whole number' });
  }
  if (spec.dryRun !== undefined && (typeof spec.dryRun !== 'object' || spec.dryRun === null)) {
    issues.push({ path: ['dryRun'], message: 'dryRun must be an object { event }' });
  }
  if (spec.apis !== undefined && !isNameList(spec.apis)) {
    issues.push({ path: ['apis'], message: 'apis must be an array of names of platform APIs' });
  }
  let size = 0;
  for (const field of ['env', 'secrets'] as const) {
    const given: unknown = spec[field] ?? {};
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      issues.push({ path: [field], message: `${field} must be an object of strings` });
      continue;
    }
    for (const [key, value] of Object.entries(given)) {
      size += Buffer.byteLength(key) + Buffer.byteLength(String(value));
      if (typeof value !== 'string') issues.push({ path: [field, key], message: `${field}.${key} must be a string` });
      else if (field === 'secrets' && value.length < minSecret) {
        issues.push({ path: [field, key], message: `secret '${key}' must have at least ${minSecret} characters` });
      }
      if (field === 'secrets' && Object.hasOwn(spec.env ?? {}, key)) {
        issues.push({ path: [field, key], message: `'${key}' is in env as well` });
      }
    }
  }
  if (size > maxEnv)
    issues.push({ path: ['env'], message: `env and secrets have ${size} bytes, the limit is ${maxEnv}` });
  return issues;
}

export function isNameList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}

function unknownFields(spec: object): ValidationIssue[] {
  return Object.keys(spec)
    .filter((key) => !specFields.includes(key))
    .map((key) => {
      const close = nearest(key, specFields);
      const advice = close === undefined ? '' : `; did you mean '${close}'?`;
      return { path: [key], message: `'${key}' is not a field of a function specification${advice}` };
    });
}
