import { execFileSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';

/** The console as it is built, and one real PostgreSQL for the whole test run; each test makes its own database in it. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  // Seconds where it is stale, nothing where it is not; said aloud, because tests of the console show what it made.
  execFileSync(process.execPath, ['packages/console/build.ts'], { stdio: 'inherit' });
  const postgres = await startPostgres();
  provide('postgresUrl', postgres.url);
  return postgres.stop;
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}
