import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DemoEndpoint } from './demo/agent.ts';
import { startFleet } from './demo/fleet.ts';
import { type DemoPerson, demoPeople, directoryOf } from './demo/people.ts';
import { openSystems } from './demo/systems/open.ts';
import { wrappedVariablesFile } from './kernel/wrapped.ts';
import { accessDoor } from './wire-doors.ts';
import { type ServeOptions, type Serving, serve } from './wire-serve.ts';

/** What `trapkey demo` needs besides what any gateway does. */
export interface DemoOptions extends Omit<ServeOptions, 'administrator'> {
  /** Holds the company's files; its owner removes it. */
  readonly folder: string;
  readonly policies: string;
  readonly watcher: string;
  readonly seed: number;
  readonly pace: number;
  readonly say: (text: string) => void;
}

/** A sample company at work behind a real gateway: forty people, their agents, and what goes wrong in the first minute. */
export async function serveDemo(options: DemoOptions): Promise<Serving & { readonly code: string }> {
  const { folder, watcher, seed, pace, say } = options;
  const config = { ...options.config, policyFolder: join(folder, 'policy') };
  await mkdir(config.policyFolder, { recursive: true });
  await cp(options.policies, config.policyFolder, { recursive: true });
  await writeFile(join(config.policyFolder, 'directory.yaml'), directoryOf(watcher));
  const systems = await openSystems(folder, seed);
  const env = { ...options.env, ...systems.env };
  // So that every command works on it, as on a deployment that was wrapped.
  await mkdir(dirname(wrappedVariablesFile(config.data)), { recursive: true, mode: 0o700 });
  await writeFile(
    wrappedVariablesFile(config.data),
    JSON.stringify({ ...systems.env, TRAPKEY_STARTER_SAMPLES: env.TRAPKEY_STARTER_SAMPLES }),
    { mode: 0o600 },
  );
  const opened: (() => Promise<unknown>)[] = [systems.close];
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    const serving = await serve({ ...options, config, env, administrator: watcher });
    opened.push(serving.close);
    if (!serving.enrolled) throw new Error('a demo begins in an empty folder');
    const { code } = serving.enrolled;
    const endpoints = await issueAll({ config, env, code, watcher, url: serving.url });
    opened.push(startFleet({ seed, pace, say, changeMail: systems.changeMail, endpointsOf: (person) => endpoints.get(person.id) ?? [] }));
    return { ...serving, close, code };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Tokens for everybody, issued by the administrator as for any other deployment. */
async function issueAll(parts: {
  readonly config: ServeOptions['config'];
  readonly env: ServeOptions['env'];
  readonly code: string;
  readonly watcher: string;
  readonly url: string;
}): Promise<ReadonlyMap<string, readonly DemoEndpoint[]>> {
  const door = await accessDoor(parts.config, parts.env);
  try {
    const proved = await door.people.verifyCode(parts.watcher, parts.code);
    if (!proved.ok) throw new Error(proved.says);
    const issue = async ({ id, plugin }: DemoPerson) => {
      const tokens = await door.tokens.issue({ plugin, person: id, expiresMs: 24 * 3_600_000, by: proved.who });
      return [id, tokens.map(({ connector, audience, token }) => ({ connector, token, url: `${parts.url}${audience}` }))] as const;
    };
    return new Map(await Promise.all(demoPeople.map(issue)));
  } finally {
    await door.close();
  }
}
