import type { CallerContext } from 'isolet';
import type { BindingUse } from '../storage/records.ts';

/** What one function used. */
export interface FunctionUse {
  readonly tenant: string;
  readonly function: string;
  readonly use: BindingUse;
}

export const noUse: BindingUse = {
  ...{ kvReads: 0, kvWrites: 0, kvBytesRead: 0, kvBytesWritten: 0 },
  ...{ sqlStatements: 0, sqlMs: 0, sqlRowsWritten: 0, sqlBytesRead: 0, sqlBytesWritten: 0 },
};

/** Sums of what functions use of KV and SQL, until somebody writes them down. */
export class UseBook {
  readonly #uses = new Map<string, Map<string, { -readonly [Name in keyof BindingUse]: number }>>();

  add({ tenantId, functionName }: CallerContext, amounts: Partial<BindingUse>): void {
    const functions = this.#uses.get(tenantId) ?? new Map();
    this.#uses.set(tenantId, functions);
    const sums = functions.get(functionName) ?? { ...noUse };
    functions.set(functionName, sums);
    for (const [name, amount] of Object.entries(amounts)) sums[name as keyof BindingUse] += amount;
  }

  /** What was added since it was last asked. */
  take(): FunctionUse[] {
    const taken = [...this.#uses].flatMap(([tenant, functions]) =>
      [...functions].map(([name, use]) => ({ tenant, function: name, use })),
    );
    this.#uses.clear();
    return taken;
  }
}
