import { z } from 'zod';
import { paging, time } from './common.ts';
import { named, pageOf } from './registry.ts';

const info = {
  key: z.string(),
  version: z.number().int().describe('Changes with every write.'),
  bytes: z.number().int().describe('Of the value.'),
  expiresAt: time.nullable(),
};

export const kvKey = named('KvKey', z.object(info));
export const kvKeys = pageOf('KvKeys', 'keys', kvKey);
export const kvQuery = z.object({ prefix: z.string().max(512).default(''), ...paging });

/** What of a key is bounded is checked by the store. */
export const keyName = z.string().min(1).max(512).describe('The key, percent-encoded.');

const kind = z.enum(['text', 'json', 'bytes']);

export const kvEntry = named(
  'KvEntry',
  z.object({
    ...info,
    kind: kind.describe('What it was when it was put.'),
    value: z.unknown().describe('The text, what the JSON says, or the bytes in base64.'),
  }),
);
export const kvValue = named(
  'KvValue',
  z.union([
    z.strictObject({
      value: z
        .unknown()
        .refine((value) => value !== undefined, 'given')
        .describe('A text is kept as one, anything else as JSON.'),
      ttl: z.number().min(1).describe('ms until it goes. Default: it stays.').optional(),
    }),
    z.strictObject({ base64: z.base64().describe('Bytes.'), ttl: z.number().min(1).optional() }),
  ]),
);
export const kvWritten = named('KvWritten', z.object({ key: z.string(), version: z.number().int() }));

export const sqlTable = named(
  'SqlTable',
  z.object({
    name: z.string(),
    type: z.enum(['table', 'view']),
    sql: z.string().describe('The statement that made it.'),
  }),
);
export const sqlTables = pageOf('SqlTables', 'tables', sqlTable);

const cell = z
  .union([z.null(), z.number(), z.string(), z.object({ base64: z.string() })])
  .describe('Whole numbers beyond 2^53 are texts, bytes are base64.');

export const sqlRows = named(
  'SqlRows',
  z.object({ columns: z.array(z.string()), rows: z.array(z.array(cell)), next: z.string().nullable() }),
);
export const sqlStatement = named(
  'SqlStatement',
  z.strictObject({
    sql: z.string().min(1).describe('One statement.'),
    params: z
      .union([
        z.array(z.union([z.null(), z.number(), z.string()])),
        z.record(z.string(), z.union([z.null(), z.number(), z.string()])),
      ])
      .describe('By place, or by name.')
      .optional(),
  }),
);
export const sqlResult = named(
  'SqlResult',
  z.object({
    columns: z.array(z.string()),
    rows: z.array(z.array(cell)),
    changes: z.number().int().describe('Rows that were inserted, updated or deleted.'),
    lastInsertId: z.union([z.number(), z.string()]).nullable(),
  }),
);
