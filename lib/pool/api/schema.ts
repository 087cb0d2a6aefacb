import type { StandardSchemaV1 } from '@standard-schema/spec';
import { cut } from '../../errors/brief.ts';

type Validated = unknown | Promise<unknown>;

/** What a guest sees when its arguments, or the platform's answer, do not pass the schema. */
class SchemaError extends TypeError {}

function describe(issue: StandardSchemaV1.Issue): string {
  const path = (issue.path ?? [])
    .slice(0, MOST_STEPS)
    .map((part) => cut(String(typeof part === 'object' ? part.key : part), LONGEST_STEP))
    .join('.');
  const message = cut(issue.message, LONGEST_MESSAGE);
  return path === '' ? message : `${path}: ${message}`;
}

// The guest decides how much there is to complain about.
const MOST_ISSUES = 10;
const MOST_STEPS = 32;
const LONGEST_STEP = 64;
const LONGEST_MESSAGE = 500;

function accept(result: StandardSchemaV1.Result<unknown>, what: string): unknown {
  if (result.issues) {
    const { length } = result.issues;
    const more = length > MOST_ISSUES ? `; and ${length - MOST_ISSUES} more` : '';
    throw new SchemaError(`${what}: ${result.issues.slice(0, MOST_ISSUES).map(describe).join('; ')}${more}`);
  }
  return result.value;
}

export function validate(schema: StandardSchemaV1, value: unknown, what: string): Validated {
  const result = schema['~standard'].validate(value);
  return result instanceof Promise ? result.then((r) => accept(r, what)) : accept(result, what);
}

/** The arguments as the schemas left them; a promise only if a schema is asynchronous. */
export function validateArguments(
  input: StandardSchemaV1 | readonly StandardSchemaV1[],
  args: readonly unknown[],
  name: string,
): unknown[] | Promise<unknown[]> {
  // Not by `length`: some libraries' schemas are functions.
  const schemas = Array.isArray(input) ? (input as readonly StandardSchemaV1[]) : [input as StandardSchemaV1];
  if (args.length > schemas.length) {
    const most = schemas.length === 1 ? '1 argument' : `${schemas.length} arguments`;
    throw new SchemaError(`${name} takes at most ${most}. Received ${args.length}`);
  }
  const results = schemas.map((schema, i) => validate(schema, args[i], `${name}: argument ${i + 1}`));
  return results.some((r) => r instanceof Promise) ? Promise.all(results) : results;
}
