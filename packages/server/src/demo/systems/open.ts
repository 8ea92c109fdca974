import { join } from 'node:path';
import { openBook } from './book.ts';
import { crmTools } from './crm.ts';
import { deskTools } from './desk.ts';
import { changedMailTools, mailTools } from './mail.ts';
import { startSystem } from './system.ts';
import { writeWarehouse } from './warehouse-store.ts';

/** The business systems of the sample company, as they run. */
export interface Systems {
  /** What the variables of the demo's policy stand for. */
  readonly env: Readonly<Record<string, string>>;
  /** The mail server comes back from an update with a tool that was not reviewed. */
  changeMail(): void;
  close(): Promise<void>;
}

/** Starts them; the warehouse is a file in `folder`. */
export async function openSystems(folder: string, seed: number): Promise<Systems> {
  const book = openBook(seed);
  const warehouse = join(folder, 'warehouse.db');
  writeWarehouse(warehouse, seed);
  const [crm, mail, desk] = await Promise.all([
    startSystem('crm', crmTools(book)),
    startSystem('mail', mailTools(book)),
    startSystem('desk', deskTools(book)),
  ]);
  return {
    env: {
      TRAPKEY_DEMO_CRM: crm.url,
      TRAPKEY_DEMO_MAIL: mail.url,
      TRAPKEY_DEMO_DESK: desk.url,
      TRAPKEY_DEMO_WAREHOUSE: warehouse,
    },
    changeMail: () => mail.redefine(changedMailTools(book)),
    close: async () => void (await Promise.all([crm.close(), mail.close(), desk.close()])),
  };
}
