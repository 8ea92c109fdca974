import { execFile } from 'node:child_process';
import type { Program } from './command.ts';

/**
 * In namespaces of its own the process sees no other process (so no environment of ours), and an empty folder where the
 * hidden ones were. It keeps its home: the working folder is mounted back into the emptied tree. The capabilities that
 * this took are dropped before the program starts.
 */
const script = `
set -e
for folder in "$@"; do [ "$folder" = -- ] && break; mount -t tmpfs -o size=64k,mode=0755 hidden "$folder"; done
while [ "$1" != -- ]; do shift; done; shift
mkdir -p "$HOME"
mount --no-canonicalize --bind . "$HOME"
cd "$HOME"
unset OLDPWD PWD
exec setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all --no-new-privs -- "$@"
`;

// Mapped to root inside, because only root may mount; outside it stays whoever we are, and inside it keeps no capability.
const flags = ['--user', '--map-root-user', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];

let probed: Promise<boolean> | undefined;

/** Whether this system lets us make the namespaces. Asked once. */
export function canIsolate(): Promise<boolean> {
  probed ??= new Promise((answered) => {
    if (process.platform !== 'linux') return answered(false);
    const probe = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs', '--', 'true'];
    execFile('unshare', [...flags, ...probe], { timeout: 5_000, env: { PATH: '/usr/bin:/bin' } }, (error) => answered(error === null));
  });
  return probed;
}

/** The program inside its namespaces, with these folders hidden. */
export function isolated(program: Program, hidden: readonly string[]): Program {
  return { file: 'unshare', args: [...flags, 'sh', '-c', script, 'sh', ...hidden, '--', program.file, ...program.args] };
}
