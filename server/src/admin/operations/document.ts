import { z } from 'zod';
import { openApiDocument } from '../openapi.ts';
import { type Operation, operation } from '../operation.ts';
import { named } from '../schemas/registry.ts';

const document = named(
  'OpenApiDocument',
  z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }),
);

/** The operation that describes them all, itself too. */
export function documentOperation(others: readonly Operation[], version: string): Operation {
  const own: Operation = operation({
    id: 'getOpenApi',
    method: 'GET',
    path: '/v1/openapi.json',
    tag: 'Document',
    summary: 'This document.',
    access: 'open',
    answers: { 200: { description: 'OpenAPI 3.1.', schema: document } },
    handle() {
      // Not at the start: it takes a tenth of the time of one.
      made ??= openApiDocument([...others, own], version);
      return { status: 200, json: made };
    },
  });
  let made: ReturnType<typeof openApiDocument> | undefined;
  return own;
}
