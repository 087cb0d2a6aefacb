import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Answer } from '../server-process.ts';

type Json = Record<string, unknown>;

/** One operation as the OpenAPI document has it. */
export interface Described {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly isOpen: boolean;
  readonly access: string;
  readonly reads: boolean;
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: Json }>> }>>;
}

/** The OpenAPI document, walked and asked. */
export class ApiDocument {
  readonly operations: readonly Described[];
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });

  constructor(document: Json) {
    this.#ajv.addSchema(closed(document) as Json, 'document');
    const paths = document['paths'] as Record<string, Record<string, Json>>;
    this.operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        id: operation['operationId'] as string,
        method: method.toUpperCase(),
        path: path.slice('/v1'.length),
        isOpen: (operation['security'] as unknown[] | undefined)?.length === 0,
        access: operation['x-isolet-access'] as string,
        reads: operation['x-isolet-reads'] as boolean,
        responses: operation['responses'] as Described['responses'],
      })),
    );
  }

  /** What is wrong with an answer, by what the document says of it. */
  problemsOf(operation: Described, { status, headers, body }: Answer): string[] {
    const described = operation.responses[String(status)];
    if (!described) return [`${operation.id} answered ${status}, which is not described: ${JSON.stringify(body)}`];
    const type = (headers.get('content-type') ?? '').split(';')[0] as string;
    if (type === '')
      return described.content === undefined ? [] : [`${operation.id} answered ${status} without a body`];
    const content = described.content?.[type];
    if (!content) return [`${operation.id} answered ${status} as ${type}, which is not described`];
    if (!/json/.test(type)) return [];
    const reference = (content.schema['$ref'] as string).replace('#', 'document#');
    const check = this.#ajv.compile({ $ref: reference });
    if (check(body)) return [];
    return [`${operation.id} answered ${JSON.stringify(body)}: ${this.#ajv.errorsText(check.errors)}`];
  }
}

/** A member that no schema names is a mistake here, if a client may well ignore it. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const all = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, closed(value)]));
  const isObject = all['type'] === 'object' && 'properties' in all && !('additionalProperties' in all);
  return isObject ? { ...all, additionalProperties: false } : all;
}
