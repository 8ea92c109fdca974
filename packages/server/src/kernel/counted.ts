const number = new Intl.NumberFormat('en-US');

/** A count with its noun: "1 entry", "2,310 entries". */
export function counted(many: number, one: string, several: string): string {
  return `${number.format(many)} ${many === 1 ? one : several}`;
}

/** The noun for one, of a noun for several as people write it in a template: "contacts", "entities", "boxes", "people". */
export function singular(noun: string): string {
  if (noun === 'people') return 'person';
  if (/(ss|us|is)$/.test(noun) || !noun.endsWith('s')) return noun;
  if (noun.length > 4 && noun.endsWith('ies')) return `${noun.slice(0, -3)}y`;
  return /(x|z|ch|sh|ss)es$/.test(noun) ? noun.slice(0, -2) : noun.slice(0, -1);
}
