/**
 * `npm run sweep`: kill -9 at every boundary of a batch, applying it and taking it back, then random kills in one long-lived
 * harness; what came of it goes to docs/measured/sweep.md. `-- --changes 50 --kills 20` is a smaller one, and
 * `-- --only " with keys, with read-back"` a part, by the names of its tests. A full one takes over an hour.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from '../../bench/machine.ts';

const { values } = parseArgs({
  options: { changes: { type: 'string', default: '500' }, kills: { type: 'string', default: '200' }, only: { type: 'string' } },
});
const folder = mkdtempSync(join(tmpdir(), 'trapkey-sweep-'));
const report = join(folder, 'lines.jsonl');
// One database beside the other: neither waits for the other's processes.
const runs = await Promise.all(['SQLite', 'PostgreSQL'].map((database) => sweep(`${database}.*${values.only ?? ''}`)));
const lines = existsSync(report) ? readFileSync(report, 'utf8').split('\n').filter(Boolean) : [];
mkdirSync('docs/measured', { recursive: true });
writeFileSync('docs/measured/sweep.md', page(newest(lines.map((line) => JSON.parse(line) as Line)), ended(runs)));
rmSync(folder, { recursive: true, force: true });
process.exit(runs.every(({ status }) => status === 0) ? 0 : 1);

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
}

/** Runs those of its tests whose names match. */
async function sweep(names: string): Promise<Ended> {
  const child = spawn(
    process.execPath,
    [
      ...['node_modules/vitest/vitest.mjs', 'run', 'test/batches/crash.test.ts', 'test/batches/harness.test.ts'],
      ...['--no-file-parallelism', '-t', names],
    ],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        TRAPKEY_SWEEP_CHANGES: values.changes,
        TRAPKEY_BATCH_KILLS: values.kills,
        TRAPKEY_SWEEP_REPORT: report,
      },
    },
  );
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { status, signal };
}

interface Line {
  readonly database: string;
  readonly what: string;
  readonly mode?: string;
  readonly kills: number;
  /** Of changes: at one kill several may each be at another. */
  readonly boundaries?: number;
  readonly changes: number;
  readonly done?: number;
  readonly unknown?: number;
  readonly lost?: readonly string[];
  readonly twice?: readonly string[];
  readonly seed?: number;
  /** Not the end of it: how far `apply` or `undo` was. */
  readonly part?: string;
}

/** What lives long says again and again how far it is. */
function newest(all: readonly Line[]): readonly Line[] {
  const found = new Map(all.map((line) => [`${line.database} ${line.part ?? line.what} ${line.mode}`, line]));
  return [...found.values()].sort((one, other) => other.database.localeCompare(one.database));
}

function ended(all: readonly Ended[]): string {
  if (all.some(({ signal }) => signal !== null)) return 'stopped before its end';
  return all.every(({ status }) => status === 0) ? 'passed' : 'FAILED';
}

/** What came of it, and on which machine. */
function page(found: readonly Line[], came: string): string {
  const rows = found.map(({ database, what, mode, kills, boundaries, changes, done, unknown, lost = [], twice = [], seed, part }) => {
    const counted = part === undefined ? [done ?? '', unknown ?? '', lost.length, twice.length] : ['', '', '', ''];
    return [database, what, mode ?? `seed ${seed}`, kills, boundaries ?? '', changes, ...counted].map(String).join(' | ');
  });
  return `# kill -9 over batches

\`npm run sweep -- --changes ${values.changes} --kills ${values.kills}${values.only === undefined ? '' : ` --only "${values.only}"`}\`, ${new Date().toISOString().slice(0, 10)}: ${came}.
The gateway is killed and started again at each kill. What counts is the log of the CRM, which it writes in the transaction of the
change itself. \`lost\`: made and not said to be, or said to be and not made. \`twice\`: made more than once. \`unknown\`: shown to a
person, because neither a key nor a read can tell. With keys and read-back every change is killed at three boundaries: while its record
is read, when it is at the CRM and not made, when it is made and nobody was told; in the other modes at one of them by turns. A batch that is
applied sends changes side by side, so one kill meets up to three of them there, each at another boundary; the rest goes one by one.

| database | what | CRM | kills | boundaries | changes | done | unknown | lost | twice |
|---|---|---|---|---|---|---|---|---|---|
${rows.map((row) => `| ${row} |`).join('\n')}

Machine: ${Object.entries(machine())
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')}.
`;
}
