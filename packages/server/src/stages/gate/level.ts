import { type Level, levelInForce } from '../../kernel/autonomy.ts';
import type { Facts, Moment } from '../../kernel/facts.ts';

/** The level in force of a call's workflow (plugin × tool), and what says so. */
export function levelOf({ call, subject }: Pick<Facts, 'call' | 'subject'>, moment: Moment): Level {
  return levelInForce(subject, call.name, moment);
}
