import type { Config } from './config.ts';
import { UserError } from './kernel/errors.ts';
import { openStore } from './wire.ts';
import { publishedPolicy, urlOf } from './wire-doors.ts';
import { serve } from './wire-serve.ts';

/** The endpoint of a plugin's current release: at the gateway that runs, or at one opened in this process. */
export async function stdioDoor(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  plugin: string,
  connector: string,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const version = await currentVersion(config, env, plugin, connector);
  const path = `/p/${plugin}/${version}/${connector}`;
  const running = await answering(await urlOf(config));
  if (running !== undefined) return { url: `${running}${path}`, close: async () => undefined };
  const serving = await serve({
    config: { ...config, port: 0 },
    env,
    onWritten: () => undefined,
    alarm: (says) => console.error(says),
  });
  return { url: `${serving.url}${path}`, close: serving.close };
}

async function currentVersion(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  plugin: string,
  connector: string,
): Promise<string> {
  const store = await openStore(config);
  try {
    const { plugins } = (await publishedPolicy(config, env, store)).current();
    const rules = plugins.get(plugin);
    if (!rules) throw new UserError(`The policy has no plugin ${plugin}.`, `It has: ${[...plugins.keys()].join(', ')}.`);
    if (!rules.connectors.includes(connector))
      throw new UserError(`The plugin ${plugin} has no connector ${connector}.`, `It has: ${rules.connectors.join(', ')}.`);
    return rules.version;
  } finally {
    await store.close();
  }
}

async function answering(url: string): Promise<string | undefined> {
  try {
    const reply = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1_000) });
    return reply.ok ? url : undefined;
  } catch {
    return undefined;
  }
}
