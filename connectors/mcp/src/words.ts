const wordsMax = 500;

/** What went wrong, with its causes: libraries hide the reason behind `fetch failed`. For the record, not for the model. */
export function wordsOf(error: unknown): string {
  const said: string[] = [];
  for (let at = error; at instanceof Error && said.length < 5; at = at.cause) said.push(at.message);
  return (said.length > 0 ? said.join(': ') : String(error)).slice(0, wordsMax);
}
