import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type Revision = '2026-07-28' | '2025-11-25';

interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string;
}

/** How each scenario of the official suite ended. */
export interface SuiteResult {
  readonly passing: readonly string[];
  readonly failing: readonly string[];
  /** Each check that failed or only warned, for whoever reads a red run. */
  readonly complaints: readonly string[];
}

const timeoutMs = 240_000;

/** Runs the official conformance suite against a server, exactly what a revision requires. */
export async function runSuite(url: string, revision: Revision): Promise<SuiteResult> {
  const output = await mkdtemp(join(tmpdir(), 'trapkey-conformance-'));
  const program = join(import.meta.dirname, '../../node_modules/@modelcontextprotocol/conformance/dist/index.js');
  try {
    const args = [program, 'server', '--url', url, '--requirements', revision, '-o', output];
    // It ends with 1 when a scored scenario failed; what failed is read from its files.
    await promisify(execFile)(process.execPath, args, { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 }).catch(
      (error: { killed?: boolean }) => {
        if (error.killed) throw new Error(`the conformance suite did not end within ${timeoutMs} ms`);
      },
    );
    return await readResults(output);
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

async function readResults(output: string): Promise<SuiteResult> {
  const [passing, failing, complaints]: [string[], string[], string[]] = [[], [], []];
  for (const folder of (await readdir(output)).sort()) {
    const [, scenario] = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(folder) ?? [];
    if (scenario === undefined) continue;
    const checks = JSON.parse(await readFile(join(output, folder, 'checks.json'), 'utf8')) as readonly Check[];
    (checks.some((check) => check.status === 'FAILURE') ? failing : passing).push(scenario);
    for (const { id, status, errorMessage } of checks) {
      if (status === 'FAILURE' || status === 'WARNING') complaints.push(`${scenario}: ${id}: ${status}: ${errorMessage ?? ''}`);
    }
  }
  return { passing, failing, complaints };
}
