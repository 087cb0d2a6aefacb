import { z } from 'zod';
import { type AnswerType, isReading, type Operation, refusalsOf } from './operation.ts';
import { schemas } from './schemas/registry.ts';

type Json = Record<string, unknown>;

/**
 * The OpenAPI 3.1 document of operations: made of the schemas that check their requests.
 *
 * @param version - of the server.
 */
export function openApiDocument(operations: readonly Operation[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    paths[operation.path] = { ...path, [operation.method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: { title: 'isolet-server', version, description: about },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: components(), headers, securitySchemes },
  };
}

const about =
  'Administration of an isolet-server: tenants, functions, secrets, storage, logs, usage, audit, tokens. Times are ISO 8601 in UTC, ' +
  'durations are milliseconds, sizes are bytes, unless a name says otherwise. Errors are application/problem+json.';

const securitySchemes = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of the platform, of a tenant, or one that only reads.',
  },
};

const headers = {
  ETag: {
    schema: { type: 'string' },
    description: 'Names this state. As `if-match` of a change: only if it is still so.',
  },
  Location: { schema: { type: 'string' }, description: 'Where what was made is found.' },
  'Retry-After': { schema: { type: 'integer' }, description: 'Seconds after which to try again.' },
};

/** Every named schema, with references where one names another. */
function components(): Record<string, unknown> {
  const made = z.toJSONSchema(schemas, { uri: reference, io: 'input', unrepresentable: 'any' });
  return Object.fromEntries(Object.entries(made.schemas).map(([name, schema]) => [name, withoutIds(schema)]));
}

const reference = (id: string): string => `#/components/schemas/${id}`;

function withoutIds({ $schema: _schema, $id: _id, ...schema }: Json): Json {
  return schema;
}

/** Bodies are named, so that a client made from the document has names for them too. */
function named(schema: z.ZodType): Json {
  const { id } = schemas.get(schema) ?? {};
  if (id === undefined) throw new Error('a schema of a body has no name: register it');
  return { $ref: reference(id) };
}

const plain = (schema: z.ZodType): Json =>
  withoutIds(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json);

function describe(operation: Operation): Json {
  const { params, query, body, access } = operation;
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    ...(access === 'open' ? { security: [] } : {}),
    'x-isolet-access': access,
    'x-isolet-reads': isReading(operation),
    parameters: [...parameters(params, 'path'), ...parameters(query, 'query'), ...conditions(operation)],
    ...(body === undefined ? {} : { requestBody: requestBody(operation) }),
    responses: responses(operation),
  };
}

function parameters(fields: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  return Object.entries(fields?.shape ?? {}).map(([name, field]) => {
    const { description, ...schema } = plain(field as z.ZodType);
    const isRequired = place === 'path' || !(field as z.ZodType).safeParse(undefined).success;
    return { name, in: place, required: isRequired, ...(description === undefined ? {} : { description }), schema };
  });
}

function conditions({ conditional }: Operation): Json[] {
  if (!conditional) return [];
  const description = 'Changes only what is still in this state (the `etag` of an earlier answer); otherwise 412.';
  return [{ name: 'if-match', in: 'header', required: false, description, schema: { type: 'string' } }];
}

function requestBody({ body, bodyOptional }: Operation): Json {
  return { required: !bodyOptional, content: { 'application/json': { schema: named(body as z.ZodType) } } };
}

function responses(operation: Operation): Json {
  const own = Object.entries<AnswerType>(operation.answers).map(([status, answer]) => [status, response(answer)]);
  const refused = Object.entries(refusalsOf(operation)).map(([status, description]) => [
    status,
    { description, content: { 'application/problem+json': { schema: { $ref: reference('Problem') } } } },
  ]);
  return Object.fromEntries([...own, ...refused]);
}

function response({ description, schema, types, headers: given = [] }: AnswerType): Json {
  const content = {
    ...(schema === undefined ? {} : { 'application/json': { schema: named(schema) } }),
    ...Object.fromEntries((types ?? []).map((type) => [type, { schema: { type: 'string' } }])),
  };
  return {
    description,
    ...(given.length === 0
      ? {}
      : { headers: Object.fromEntries(given.map((name) => [name, { $ref: `#/components/headers/${name}` }])) }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}
