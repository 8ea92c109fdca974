import type { ToolShape } from '../../kernel/inventory.ts';
import { type Capability, capabilities, type ScannedConnector, type ScannedPlugin, type ScannedTool } from '../../kernel/scan.ts';
import { classify } from '../classify/classify.ts';
import { type KnownConnector, knownConnector, knownTool } from '../classify/known.ts';
import type { ReadConnector } from '../readers/connectors.ts';
import type { ReadPlugin } from '../readers/read-plugin.ts';

type Can = ScannedConnector['can'];

/** A connector with what it can do, and the entry of the catalog that says so. */
export interface AbleConnector {
  readonly connector: ScannedConnector;
  readonly known: KnownConnector | undefined;
  /** Whether it holds private data, as far as is known. */
  readonly holdsPrivate: 'yes' | 'no' | 'unknown';
}

/** A plugin with what it can do. */
export interface AblePlugin {
  readonly plugin: ScannedPlugin;
  readonly connectors: readonly AbleConnector[];
  readonly runs: readonly string[];
}

const letters: Readonly<Record<Capability, string>> = {
  reads: 'r',
  changes: 'c',
  contacts: 's',
  destroys: 'd',
  runs_code: 'x',
  untrusted: 'u',
};

/** What a connector can do: from its tools where they are known, else from the bundled catalog, else unknown. */
export function ableConnector(read: ReadConnector, tools: readonly ToolShape[], bundled: boolean): AbleConnector {
  const found = bundled ? knownConnector(read.identity.host, read.identity.words) : undefined;
  if (tools.length > 0) {
    const scanned = tools.map(
      (tool): ScannedTool => ({ name: tool.name, classification: classify(tool, (name) => knownTool(found, name)) }),
    );
    const data = scanned.some(({ classification }) => classification.data.value.length > 0);
    const because = `${scanned.length} tools, by their words and schemas`;
    return {
      connector: { ...read.entry, can: fromTools(scanned), because, ...(found && { known: found.id }), tools: scanned },
      known: found,
      holdsPrivate: data ? 'yes' : 'unknown',
    };
  }
  const all = (value: 'yes' | 'no' | 'unknown'): Can => Object.fromEntries(capabilities.map((one) => [one, value])) as Can;
  if (!found)
    return {
      connector: { ...read.entry, can: all('unknown'), because: 'nobody knows it: ask it with --live' },
      known: undefined,
      holdsPrivate: 'unknown',
    };
  const can = Object.fromEntries(capabilities.map((one) => [one, found.can.includes(letters[one]) ? 'yes' : 'no'])) as Can;
  return {
    connector: { ...read.entry, can, because: `known as ${found.id}: ${found.source}`, known: found.id },
    known: found,
    holdsPrivate: found.can.includes('p') ? 'yes' : 'no',
  };
}

function fromTools(tools: readonly ScannedTool[]): Can {
  const effect = (...wanted: readonly string[]) => tools.some(({ classification }) => wanted.includes(classification.effect.value));
  const doubt = effect('unknown');
  const say = (yes: boolean): 'yes' | 'no' | 'unknown' => (yes ? 'yes' : doubt ? 'unknown' : 'no');
  return {
    reads: say(effect('read')),
    changes: say(effect('write', 'delete', 'execute', 'pay', 'draft')),
    contacts: say(
      effect('send', 'pay') ||
        tools.some(
          ({ classification: { openWorld, effect: its, sinks } }) =>
            openWorld.value && its.value !== 'unknown' && sinks.some(({ kind }) => kind === 'url' || kind === 'recipient'),
        ),
    ),
    destroys: say(tools.some(({ classification }) => classification.destructive.value)),
    runs_code: say(
      effect('execute') &&
        tools.some(({ classification: { sinks } }) => sinks.some(({ kind }) => kind === 'code' || kind === 'command' || kind === 'sql')),
    ),
    untrusted: say(tools.some(({ classification }) => classification.untrusted.value)),
  };
}

/** A plugin with its capabilities, over its connectors and its own parts. */
export function ablePlugin(read: ReadPlugin, connectors: readonly AbleConnector[]): AblePlugin {
  const { runs, connectors: _, ...rest } = read;
  const can = Object.fromEntries(
    capabilities.map((one) => {
      const of = (value: 'yes' | 'unknown') =>
        connectors.filter(({ connector }) => connector.can[one] === value).map(({ connector }) => connector.name);
      return [one, { yes: [...of('yes'), ...(one === 'runs_code' ? runs : [])], unknown: of('unknown') }];
    }),
  ) as unknown as ScannedPlugin['can'];
  return { plugin: { ...rest, connectors: connectors.map(({ connector }) => connector), can }, connectors, runs };
}
