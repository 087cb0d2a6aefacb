import { z } from 'zod';

/** The schemas that have a name in the OpenAPI document: those of bodies, and of what is in them. */
export const schemas = z.registry<{ id: string }>();

/** Gives a schema its name. */
export function named<S extends z.ZodType>(id: string, schema: S): S {
  schemas.add(schema, { id });
  return schema;
}

const next = z.string().nullable().describe('`cursor` of the next page; null: there is none.');

/** One page of a list: the items under their own name, and where the next page begins. */
export function pageOf<K extends string, S extends z.ZodType>(id: string, key: K, item: S) {
  return named(id, z.object({ [key]: z.array(item), next } as { [P in K]: z.ZodArray<S> } & { next: typeof next }));
}
