import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';

/** One real PostgreSQL for the whole test run; each test makes its own database in it. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres();
  provide('postgresUrl', postgres.url);
  return postgres.stop;
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}
