import type { StandardSchemaV1 } from '@standard-schema/spec';

type Validated = unknown | Promise<unknown>;

/** What a guest sees when its arguments, or the platform's answer, do not pass the schema. */
class SchemaError extends TypeError {}

function describe(issue: StandardSchemaV1.Issue): string {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

function accept(result: StandardSchemaV1.Result<unknown>, what: string): unknown {
  if (result.issues) throw new SchemaError(`${what}: ${result.issues.map(describe).join('; ')}`);
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
    throw new SchemaError(`${name}: expected at most ${schemas.length} arguments, got ${args.length}`);
  }
  const results = schemas.map((schema, i) => validate(schema, args[i], `${name}: argument ${i + 1}`));
  return results.some((r) => r instanceof Promise) ? Promise.all(results) : results;
}
