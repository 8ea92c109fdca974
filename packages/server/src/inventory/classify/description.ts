import type { Evidence } from './evidence.ts';
import { verbForm, wordsOf } from './words.ts';

const charactersMax = 4_000;
const leadWordsMax = 9;

/** Words before the verb: “Use this tool to …”, “Tools for …”, “A tool that allows you to …”. */
const fillers = new Set(
  `a an the this that these tool tools use used using call called can be to for which will it lets let allows allow allowing enables enable
   you your user users agent and or please when want need needs step first second only simply just easily quickly recursively
   efficiently automatically directly one both multiple into from with by always new given specific specified operations operation
   function helps help utility api endpoint action actions provides provide performs perform mcp server now also optionally
   safely asynchronously synchronously purpose summary description overview note`.split(/\s+/),
);

/** What the first sentence says that the tool does, and whether more than one act is named. */
export function descriptionEvidence(description: string): Evidence | undefined {
  const sentence = firstSentence(description);
  if (sentence === '') return undefined;
  const words = wordsOf(sentence).slice(0, 40);
  let passed = 0;
  for (const [at, word] of words.entries()) {
    const form = verbForm(word);
    const filler = fillers.has(word);
    if (form && !(filler && at + 1 < words.length) && (!form.verb.noun || at === 0 || leadsTo(words, at))) {
      const second = /^(or|and)$/.test(words[at + 1] ?? '') ? verbForm(words[at + 2] ?? '') : undefined;
      // “Get or update the scale”: the second verb counts when it is the worse one.
      if (second && form.verb.effect === 'read' && second.verb.effect !== 'read' && !second.verb.noun)
        return {
          effect: second.verb.effect,
          destructive: true,
          confidence: 'high',
          because: `its description begins “${words.slice(0, at + 3).join(' ')}”`,
        };
      return {
        soft: form.verb.soft,
        effect: form.verb.effect,
        destructive: form.verb.destructive,
        confidence: at <= 4 ? 'high' : 'medium',
        because: `its description begins “${words.slice(0, at + 3).join(' ')}”`,
      };
    }
    if (!filler && ++passed > leadWordsMax) return undefined;
  }
  return undefined;
}

/** Whether a word that may be a noun stands where a verb does. */
function leadsTo(words: readonly string[], at: number): boolean {
  const before = words[at - 1] ?? '';
  return before === 'to' || before === 'and' || before === 'or' || words.slice(0, at).every((word) => fillers.has(word));
}

function firstSentence(description: string): string {
  const text = description
    .slice(0, charactersMax)
    // Labels and emphasis before the sentence: `DISCOVERY:`, `**Purpose:**`, `[beta]`, tags.
    .replace(/<[^>]{0,80}>|\[[^\]]{0,80}\]\s*/g, ' ')
    .replace(/^[\s\p{P}\p{S}\p{Extended_Pictographic}]+/u, '');
  for (const part of text.split(/(?<=[.!?:])\s+|\n+/)) {
    const sentence = part.trim();
    if (/^[A-Z][A-Z _-]{2,40}:$/.test(sentence)) continue;
    if (/^(warning|important|note|deprecated|purpose|prerequisite|required|workflow|tip)\b/i.test(sentence) && sentence.length < 40)
      continue;
    if (/\p{L}/u.test(sentence)) return sentence;
  }
  return '';
}

/** Sentences that promise that nothing changes. */
const readOnly =
  /\bread[- ]only\b|\bdoes(?:n't| not) (?:modify|change|alter|write)\b|\bwithout (?:modifying|changing|making)\b|\bno changes? (?:is|are) made\b/i;
/** Sentences that tell of loss. */
const loss =
  /\b(?:permanently|irreversibl[ey]|cannot be (?:undone|reversed|recovered)|can(?:'|no)t be undone|destructive|overwrit\w+|wipes?|data loss|completely replaces?|full(?:y)? replaces?|replac(?:e|es|ing) (?:the |all |any |its )?(?:entire|existing|current|whole)|will be (?:lost|deleted|removed|replaced)|omitted .{0,40}(?:removed|reset|cleared|deleted))\b/i;

/** What the whole text says of loss and of leaving things alone. */
export function textSigns(description: string): { readonly readOnly: boolean; readonly loss: boolean } {
  const text = description.slice(0, charactersMax);
  return {
    readOnly: readOnly.test(text),
    loss: loss.test(text.replace(/\b(?:not|non|isn't|never|without)[- ](?:a )?(?:destructive|permanently|overwrit\w+)/gi, '')),
  };
}
