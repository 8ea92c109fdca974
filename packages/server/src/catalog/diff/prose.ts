import { revealed } from '../../kernel/revealed.ts';

const sentencesMax = 20_000;
const excerptCharacters = 200;

/** Verbs that change, send or run something; at the head of a sentence, or after words that order. */
const verbs =
  'delete|remove|erase|wipe|destroy|drop|truncate|overwrite|terminate|kill|uninstall|disable|revoke|reset|format|send|e-?mail|mail|post|publish|forward|upload|share|invite|pay|transfer|buy|order|sign|run|execute|install|download|fetch|curl|eval|push|merge|deploy|grant|read|copy|ignore|bypass|skip|never ask|do not ask|always';
const orders = new RegExp(
  `^(?:[-*>#\\d.)\\s]|\\*\\*)*(?:${verbs})\\b|\\b(?:you (?:must|should|may|can|will)|must|always|immediately|silently|then|now|first|please|and|to|also)\\s+(?:also\\s+|then\\s+|always\\s+)?(?:${verbs})\\b`,
  'i',
);
const destructive =
  /\b(?:delet|remov|eras|wip|destroy|drop|truncat|overwrit|terminat|uninstall|factory|rm -|clean(?:ing)? (?:up )?(?:the |a )?system)\w*/i;

/** A sentence that is there now and was not before. */
export interface NewSentence {
  readonly text: string;
  readonly orders: boolean;
  readonly destructive: boolean;
}

/** Sentences of `now` that `before` does not hold, hidden characters shown. Layout, case and order are no difference. */
export function newSentences(before: string, now: string): readonly NewSentence[] {
  const known = new Set(sentencesOf(before).map(folded));
  return sentencesOf(now)
    .filter((sentence) => !known.has(folded(sentence)))
    .map((sentence) => {
      const plain = sentence.normalize('NFKC').replace(/\p{Cf}/gu, '');
      const isOrder = orders.test(plain);
      return { text: revealed(sentence).slice(0, excerptCharacters), orders: isOrder, destructive: destructive.test(plain) };
    });
}

function sentencesOf(text: string): readonly string[] {
  return text
    .split(/(?<=[.!?;:])\s+|\n+/)
    .map((one) => one.replace(/\s+/g, ' ').trim())
    .filter((one) => one.length > 2)
    .slice(0, sentencesMax);
}

function folded(sentence: string): string {
  return sentence.toLowerCase();
}
