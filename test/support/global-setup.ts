import { execFileSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { bundleServing, type Serving } from './bundling.ts';
import { startPostgres } from './postgres.ts';

/** The console and a gateway as they are built, and one real PostgreSQL for the whole run; each test makes its own database in it. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  // Seconds where it is stale, nothing where it is not; said aloud, because tests of the console show what it made.
  buildConsole();
  const [postgres, serving] = await Promise.all([startPostgres(), bundleServing()]);
  provide('postgresUrl', postgres.url);
  const { remove, ...programs } = serving;
  provide('serving', programs);
  return async () => {
    remove();
    await postgres.stop();
  };
}

/** What does not build is no reason not to test the rest; tests of the console find out by themselves. */
function buildConsole(): void {
  try {
    execFileSync(process.execPath, ['packages/console/build.ts'], { stdio: 'inherit' });
  } catch {
    console.error('The console does not build: its tests fail.');
  }
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    serving: Serving;
  }
}
