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
  let size = 0;
  for (const field of ['env', 'secrets'] as const) {
    for (const [key, value] of Object.entries(spec[field] ?? {})) {
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

function unknownFields(spec: object): ValidationIssue[] {
  return Object.keys(spec)
    .filter((key) => !specFields.includes(key))
    .map((key) => {
      const close = nearest(key, specFields);
      const advice = close === undefined ? '' : `; did you mean '${close}'?`;
      return { path: [key], message: `'${key}' is not a field of a function specification${advice}` };
    });
}
