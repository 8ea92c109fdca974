import type { Evidence } from './evidence.ts';
import type { Argument } from './schema.ts';

interface Said {
  readonly words: readonly string[];
  readonly description: string;
  readonly named: Evidence | undefined;
  readonly told: Evidence | undefined;
  readonly several: Evidence | undefined;
}

/** What gives the model something to read, and does nothing itself. */
const guidance =
  /\b(?:provid\w+|returns?|gives?|contains?|shows?)\b[^.]{0,80}\b(?:documentation|guidelines?|guidance|best practices|instructions|runbook|recipes?|reference)\b|\b(?:migration )?recipe:|\bbest practices guidelines\b|\breturns? a runbook\b/i;
const lookNoun = /\b(status|guide|documentation|docs|help|info|details|history|logs|stats|metrics|schema|guidelines|reference|examples)$/;
const queries =
  /\b(query|queries|aggregate|aggregation|search|searches|select|lookup|report|analyzer|analysis|diagnostics?|audit|linter?)$/;

/** Names with a verb in them that still only look: `deploy_status`, `run_soql_query`, guidance that is called `create_…`. */
export function onlyLooks({ words, description, named, told, several }: Said): Evidence | undefined {
  if (several && several.effect !== 'read') return undefined;
  const spoken = words.join(' ');
  const read = (because: string): Evidence => ({ effect: 'read', destructive: false, confidence: 'medium', because });
  if (lookNoun.test(spoken) && told?.effect === 'read') return read(`its name ends in something to look at, and ${told.because}`);
  if (
    queries.test(spoken) &&
    /\b(run|execute|perform|submit|post)\b/.test(spoken) &&
    (told === undefined || told.effect === 'read' || told.effect === 'execute')
  )
    return read('what it runs is a query');
  if (/\b(query|search|aggregate)\b/.test(spoken) && named?.effect === 'read' && told?.effect === 'execute')
    return read('what it executes is a query');
  if (named !== undefined && named.effect === 'read') return undefined;
  if (guidance.test(firstWords(description)) && !/\b(delete|send|remove|update|write|execute|run|exec|apply|deploy|sql|pay)\b/.test(spoken))
    return read('its description promises words to read: guidance, documentation');
  return undefined;
}

function firstWords(description: string): string {
  return description.slice(0, 400).replace(/\b(?:not|never) (?:follow|obey)\b.*/is, '');
}

const storesLocally =
  /\b(?:to|into|on) (?:your |the |a |an )?(?:local|disk|filesystem|workspace|file)\b|\bsav(?:e|es|ed|ing)\b|\bwrit(?:e|es|ing|ten) to\b/i;
const starts =
  /\b(?:waits? for|waiting|polls? until|kicks? off|in the background|starts?|launch(?:es)?|creates?|triggers?|marks?|updates?|deletes?|sends?)\b/i;

/** A look that stores, starts or waits for something is never proposed with high confidence. */
export function doubted(
  evidence: Evidence,
  about: { readonly told: Evidence | undefined; readonly description: string; readonly arguments: readonly Argument[] },
): Evidence {
  if (evidence.effect !== 'read' || evidence.confidence !== 'high') return evidence;
  const doubt = doubtOf(about);
  return doubt === undefined ? evidence : { ...evidence, confidence: 'medium', because: `${evidence.because}; ${doubt}` };
}

function doubtOf({
  description,
  arguments: all,
}: {
  readonly description: string;
  readonly arguments: readonly Argument[];
}): string | undefined {
  const opening = description
    .slice(0, 500)
    .split(/(?<=[.!?])\s+/)
    .slice(0, 2)
    .join(' ');
  if (storesLocally.test(opening)) return 'but it may store what it found';
  if (starts.test(opening)) return 'but its description speaks of more than looking';
  const writes = all.find(({ words, schema }) => {
    const spoken = words.join(' ');
    return (
      /\b(output|save|dest|destination|local|download|response|request) (file|path|dir|directory|file path)\b/.test(spoken) ||
      /\bsave[sd]?\b.{0,40}\bto\b|\bwrite .{0,20}\bto\b/i.test(String(schema['description'] ?? ''))
    );
  });
  if (writes) return `but argument ${writes.name} may store what it found`;
  const body = all.find(
    ({ words, depth, schema }) =>
      depth === 0 &&
      /^(body|payload|data|content|requests?|command|cmd|code|script)$/.test(words.join(' ')) &&
      schema['type'] !== 'boolean',
  );
  return body && `but argument ${body.name} carries something in`;
}
