import { isOurs, type ProveSelf, selfProof } from './access/self.ts';
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
  const { version, prove } = await look(config, env, plugin, connector);
  const path = `/p/${plugin}/${version}/${connector}`;
  const url = await urlOf(config, prove);
  // The token goes to nobody who only sits where the gateway sat.
  if (await isOurs(url, prove)) return { url: `${url}${path}`, close: async () => undefined };
  const serving = await serve({
    config: { ...config, port: 0 },
    env,
    onWritten: () => undefined,
    alarm: (says) => console.error(says),
  });
  return { url: `${serving.url}${path}`, close: serving.close };
}

async function look(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  plugin: string,
  connector: string,
): Promise<{ readonly version: string; readonly prove: ProveSelf }> {
  const store = await openStore(config);
  try {
    const { plugins } = (await publishedPolicy(config, env, store)).current();
    const rules = plugins.get(plugin);
    if (!rules) throw new UserError(`The policy has no plugin ${plugin}.`, `It has: ${[...plugins.keys()].join(', ')}.`);
    if (!rules.connectors.includes(connector))
      throw new UserError(`The plugin ${plugin} has no connector ${connector}.`, `It has: ${rules.connectors.join(', ')}.`);
    return { version: rules.version, prove: selfProof(store.keys) };
  } finally {
    await store.close();
  }
}
