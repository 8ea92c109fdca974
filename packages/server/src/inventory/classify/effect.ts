import type { Effect } from '@trapkey/contract/codes.ts';
import type { Confidence, Judged, ToolShape } from '../../kernel/inventory.ts';
import { descriptionEvidence, textSigns } from './description.ts';
import type { Evidence } from './evidence.ts';
import { openEnded } from './free.ts';
import { doubted, onlyLooks } from './looks.ts';
import { nameEvidence } from './name.ts';
import { refined } from './objects.ts';
import type { Argument } from './schema.ts';
import { severalActs } from './several.ts';
import { wordsOf } from './words.ts';

/** The proposed effect, and whether something may be lost. */
export interface ProposedEffect {
  readonly effect: Judged<Effect | 'unknown'>;
  readonly destructive: Judged<boolean>;
}

/** Proposes from name, description, schema and HTTP method. What disagrees is settled towards the more dangerous. */
export function proposeEffect(tool: ToolShape, all: readonly Argument[]): ProposedEffect {
  const description = tool.description ?? '';
  const words = wordsOf(tool.name);
  const named = nameEvidence(words);
  const told = descriptionEvidence(description);
  const several = severalActs(all, description, named?.effect === 'read' && named.confidence !== 'low');
  const signs = textSigns(description);
  const free = openEnded(words, all, description);
  const settled = free ?? onlyLooks({ words, description, named, told, several }) ?? settle({ named, told, several, method: tool.method });
  const loss = signs.loss || replacing(all);
  if (!settled) return nothingKnown(loss);
  const fine = doubted(refined(settled, words), { told, description, arguments: all });
  const may = fine.effect !== 'read' && (fine.destructive || loss);
  return {
    effect: { value: fine.effect, confidence: fine.confidence, because: fine.because },
    destructive: {
      value: may,
      confidence: fine.confidence === 'high' && !(loss && !fine.destructive) ? 'high' : 'medium',
      because: fine.destructive ? fine.because : loss && may ? 'its description tells of loss' : `nothing tells of loss; ${fine.because}`,
    },
  };
}

function nothingKnown(loss: boolean): ProposedEffect {
  const because = 'neither its name nor its description says what it does';
  return {
    effect: { value: 'unknown', confidence: 'low', because },
    destructive: { value: loss, confidence: 'low', because: loss ? 'its description tells of loss' : because },
  };
}

/** An argument whose value takes the place of all that was there. */
function replacing(all: readonly Argument[]): boolean {
  return all.some(
    ({ depth, schema }) =>
      depth === 0 &&
      /\breplac(?:e|es|ing) (?:the |all |any )?(?:existing|current|entire|whole)\b/i.test(String(schema['description'] ?? '')),
  );
}

interface Said {
  readonly named: Evidence | undefined;
  readonly told: Evidence | undefined;
  readonly several: Evidence | undefined;
  readonly method: string | undefined;
}

const byMethod: Readonly<Record<string, Effect>> = {
  GET: 'read',
  HEAD: 'read',
  OPTIONS: 'read',
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'delete',
  POST: 'write',
};

function settle({ named, told, several, method }: Said): Evidence | undefined {
  const http = method === undefined ? undefined : byMethod[method.toUpperCase()];
  if (method !== undefined && http !== undefined && http !== 'read' && named?.effect !== 'read') {
    const destructive = http === 'delete' || method.toUpperCase() === 'PUT';
    return named ?? { effect: http, destructive, confidence: 'high', because: `its HTTP method is ${method}` };
  }
  // Several acts behind one name: the worst of them, unless the name is a clear look and the list a doubtful one.
  if (several && several.effect !== 'read' && named?.effect !== 'read') return { ...several, confidence: 'high' };
  if (several && several.effect !== 'read') return mixed(named as Evidence, told, several);
  if (!named) return told ? { ...told, confidence: lower(told.confidence) } : several;
  if (named.effect !== 'read') return agreed(named, told);
  if (told && told.effect !== 'read') {
    // “Get or create”, “Query …, then update”: a clear verb of the name stands against the first words of its description.
    return named.confidence === 'high' || told.soft ? { ...named, confidence: 'medium' } : { ...told, confidence: 'medium' };
  }
  const sure = told && !named.soft && !told.soft;
  return {
    ...named,
    confidence: sure ? (named.confidence === 'low' ? 'medium' : 'high') : named.confidence === 'low' && !told ? 'low' : 'medium',
  };
}

function mixed(named: Evidence, told: Evidence | undefined, several: Evidence): Evidence {
  if (named.confidence === 'high' && told?.effect === 'read') return { ...named, confidence: 'medium' };
  return { ...several, confidence: 'medium' };
}

/** The name says a change; a description that begins with a look may still take a weak verb back. */
function agreed(named: Evidence, told: Evidence | undefined): Evidence {
  if (!told) return { ...named, confidence: named.confidence === 'high' ? 'medium' : 'low' };
  if (told.effect === 'read' && named.confidence !== 'high') return { ...told, confidence: 'medium' };
  if (told.effect === 'read') return { ...named, confidence: 'medium' };
  return { ...named, destructive: named.destructive || told.destructive, confidence: 'high' };
}

function lower(confidence: Confidence): Confidence {
  return confidence === 'high' ? 'medium' : 'low';
}
