import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, type ConfigFlags, readConfig } from '../config.ts';
import { wrappedVariablesFile } from '../kernel/wrapped.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings of one command: options of the program, then the environment, then defaults. */
export function configOf(globals: Readonly<Record<string, unknown>>, env: Environment): Config {
  return readConfig(globals as ConfigFlags, env);
}

/** What the starter policy's `${env:…}` stand for, so that every command reads the same set; the real environment wins. */
export function policyEnvironment(config: Pick<Config, 'data'>, env: Environment): Environment {
  return {
    TRAPKEY_STARTER_NODE: process.execPath,
    TRAPKEY_STARTER_SERVERS: modulesFolder(),
    TRAPKEY_STARTER_SAMPLES: samplesFolder(config),
    ...wrappedVariables(config),
    ...env,
  };
}

/** Values that stood in client configurations before `wrap`; policy names them, and only this file holds them. */
function wrappedVariables({ data }: Pick<Config, 'data'>): Environment {
  const file = wrappedVariablesFile(data);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Environment) : {};
}

/** Where `start` keeps its sample documents: beside the data folder, which no upstream may see. */
export function samplesFolder(config: Pick<Config, 'data'>): string {
  return join(dirname(config.data), 'samples');
}

/** The node_modules that this build stands in or under. */
export function modulesFolder(): string {
  try {
    const found = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-filesystem/package.json'));
    return dirname(dirname(dirname(found)));
  } catch {
    return join(process.cwd(), 'node_modules');
  }
}

/** True in the published package; set when it is built. */
export const packaged = process.env['TRAPKEY_PACKAGED'] === '1';

/** A folder of this build's own files: beside the sources, or inside the published package. */
export function ownFolder(name: string): string {
  return fileURLToPath(new URL(packaged ? `./${name}` : `../../../../${name}`, import.meta.url));
}
