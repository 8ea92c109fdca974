import { DatabaseSync } from 'node:sqlite';
import { chanceOf } from '../chance.ts';

/** Writes the warehouse of the sample company into a file: deals with their forecasts, and a column that nobody may read. */
export function writeWarehouse(file: string, seed: number): void {
  const chance = chanceOf(seed);
  const database = new DatabaseSync(file);
  try {
    database.exec(`create table regions (name text primary key, lead text);
      create table deals (id integer primary key, region text, amount_eur integer, stage text, bank_account text);
      create table forecasts (region text, quarter text, amount_eur integer)`);
    const deal = database.prepare('insert into deals values (?, ?, ?, ?, ?)');
    database.exec('begin');
    for (let id = 1; id <= 2_000; id++) {
      const account = `DE${String(chance.below(1e9)).padStart(20, '0')}`;
      deal.run(id, chance.pick(['EMEA', 'AMER', 'APAC']), 1_000 + chance.below(90_000), chance.pick(['open', 'won', 'lost']), account);
    }
    for (const region of ['EMEA', 'AMER', 'APAC']) {
      database.prepare('insert into regions values (?, ?)').run(region, `lead.${region.toLowerCase()}@harbor.example`);
      for (const quarter of ['Q3', 'Q4'])
        database.prepare('insert into forecasts values (?, ?, ?)').run(region, quarter, chance.below(9e6));
    }
    database.exec('commit');
  } finally {
    database.close();
  }
}
