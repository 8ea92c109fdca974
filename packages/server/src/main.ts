import { mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Compiled code is kept in a folder that only this user can write, so that a command starts in half the time. */
function keepCompiled(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    enableCompileCache(folder);
  } catch {
    // No home that can be written: everything works, and starts a little later.
  }
}

// Whoever reads may stop reading (`| head`): what a command does is done all the same, and a gateway serves on.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
keepCompiled(join(homedir(), '.cache', 'trapkey', 'code'));
// Loaded after that, so that all of it is kept.
const { run } = await import('./cli/program.ts');
process.exitCode = await run(process.argv, process.env);
