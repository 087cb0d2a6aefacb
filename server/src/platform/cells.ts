import { createCell } from 'isolet';
import type { Config } from '../config/schema.ts';

/**
 * Makes a cell and ends it, if functions are to run in some: what is missing is said at the start and not to the first
 * tenant.
 *
 * @throws {Error} that says what can be done
 */
export async function checkCells({ isolation, tiers }: Config): Promise<void> {
  const { mode, namespaces, landlock, user } = isolation;
  if (mode !== 'process' && !Object.values(tiers).some((tier) => tier.isolation === 'process')) return;
  try {
    const cell = await createCell({ namespaces, landlock, user });
    await cell.close();
  } catch (error) {
    throw new Error(
      `Functions are to run in cells, and there can be none here: ${(error as Error).message} Mend that, or set isolation.mode to 'isolate' (ISOLET_SERVER_ISOLATION=isolate): then only V8 stands between tenants, and between them and the server.`,
      { cause: error },
    );
  }
}
