import { digitsOf, isDay, luhn, uniform, weighted } from './checksums.ts';
import type { Detector } from './detector.ts';

const spanish = 'TRWAGMYFPDXBNJZSQVHLCKE';
const finnish = '0123456789ABCDEFHJKLMNPRSTUVWXY';

/** Numbers of the rest of Europe. */
export const europe: readonly Detector[] = [
  { name: 'uk_nhs', pattern: /(?<![\w-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w-])/g, valid: isNhs },
  { name: 'uk_nino', pattern: /(?<!\w)(?!BG|GB|NK|KN|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)/gi },
  { name: 'uk_passport', pattern: /(?<!\w)[A-Za-z]{2}\d{7}(?!\w)/g, near: /passport/ },
  {
    name: 'uk_driving_licence',
    pattern: /(?<!\w)[A-Z9]{5}\d(?:0[1-9]|1[0-2]|5[1-9]|6[0-2])(?:0[1-9]|[12]\d|3[01])\d(?:[A-Z]{2}|[A-Z]9|99)[A-Z0-9][A-Z]{2}(?!\w)/gi,
    valid: (found) => /^[A-Z]{1,5}9{0,4}\d/i.test(found),
  },
  {
    name: 'uk_postcode',
    pattern:
      /(?<!\w)(?:GIR ?0AA|(?:[A-PR-UWYZ]\d{1,2}|[A-PR-UWYZ][A-HK-Y]\d{1,2}|[A-PR-UWYZ]\d[A-HJKPSTUW]|[A-PR-UWYZ][A-HK-Y]\d[ABEHMNPRVWXY]) ?\d[ABD-HJLNP-UW-Z]{2})(?!\w)/gi,
    near: /post|zip|address/,
  },
  {
    name: 'uk_vehicle_registration',
    pattern:
      /(?<!\w)(?:[A-HJ-PR-Y][A-HJ-PR-Y](?:0[2-9]|[12]\d|5[1-9]|[67]\d) ?[A-HJ-PR-Z]{3}|[A-HJ-NPR-TV-Y]\d{1,3} ?[A-HJ-PR-Y][A-HJ-PR-Z]{2}|[A-HJ-PR-Y][A-HJ-PR-Z]{2} ?\d{1,3} ?[A-HJ-NPR-TV-Y])(?!\w)/gi,
    valid: isUkPlate,
    near: /vehicle|plate|registration|\bcar\b|\breg\b/,
  },
  {
    name: 'es_nif',
    pattern: /(?<!\w)\d{7,8}-?[A-Za-z](?!\w)/g,
    valid: (found) => spanish[Number(digitsOf(found).join('')) % 23] === found.at(-1)?.toUpperCase(),
  },
  { name: 'es_nie', pattern: /(?<!\w)[XYZxyz]\d{7,8}-?[A-Za-z](?!\w)/g, valid: isNie },
  { name: 'es_passport', pattern: /(?<!\w)[A-Za-z]{3}\d{6}(?!\w)/g, near: /pasaporte|passport/ },
  { name: 'fi_personal_identity_code', pattern: /(?<!\d)\d{6}[+\-A-FU-Ya-fu-y]\d{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y](?!\w)/g, valid: isHetu },
  {
    name: 'it_fiscal_code',
    pattern: /(?<!\w)[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z](?!\w)/gi,
  },
  {
    name: 'it_driver_license',
    pattern: /(?<!\w)(?:[A-Z]{2}\d{7}[A-Z]|U1[BCDEFGHLJKMNPRSTUWYXZ0-9]{7}[A-Z])(?!\w)/gi,
    near: /patente|driv|licen[cs]e/,
  },
  {
    name: 'it_identity_card',
    pattern: /(?<!\w)(?:[A-Z]{2} ?\d{7}|\d{7}[A-Z]{2}|[A-Z]{2}\d{5}[A-Z]{2})(?!\w)/gi,
    near: /carta|identit|id.?card/,
  },
  { name: 'it_passport', pattern: /(?<!\w)[A-Za-z]{2}\d{7}(?!\w)/g, near: /passaporto|passport/ },
  {
    name: 'it_vat_code',
    pattern: /(?<![\w-])(?:IT)?\d{11}(?![\w-])/gi,
    valid: (found) => luhn(digitsOf(found)) && !/0{11}/.test(found),
    near: /iva|vat|partita/,
  },
  { name: 'pl_pesel', pattern: /(?<!\w)\d{11}(?!\w)/g, valid: isPesel },
  { name: 'se_personnummer', pattern: /(?<!\w)(?:18|19|20)?\d{6}[-+]?\d{4}(?!\w)/g, valid: isPersonnummer },
  {
    name: 'se_organisationsnummer',
    pattern: /(?<!\w)[1-9]\d[2-9]\d{3}-?\d{4}(?!\w)/g,
    valid: (found) => luhn(digitsOf(found)),
    near: /org|företag|company/,
  },
  { name: 'tr_national_id', pattern: /(?<!\w)[1-9]\d{10}(?!\w)/g, valid: isTurkish },
  {
    name: 'tr_license_plate',
    pattern: /(?<!\w)(?:0[1-9]|[1-7]\d|8[01])[ -]?(?:[A-Z][ -]?\d{2,5}|[A-Z]{2}[ -]?\d{2,4}|[A-Z]{3}[ -]?\d{2,4})(?!\w)/g,
    near: /plak|plate/,
  },
  {
    name: 'tr_phone_number',
    pattern: /(?<![\w+-])(?:(?:\+|00)90[ -]?|0[ -]?)?\(?[2-5]\d{2}\)?[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}(?![\w-])/g,
    valid: (found) => !/^[1-9]\d{10}$/.test(found),
    near: /telefon|phone|cep|gsm|\btel\b/,
  },
];

function isNhs(found: string): boolean {
  const digits = digitsOf(found);
  return weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 && !uniform(digits);
}

function isUkPlate(found: string): boolean {
  const current = /^([A-Za-z]{2})(\d{2})/.exec(found);
  return current === null || !/\d{2}[A-Z]?$/i.test(found) || found.replace(' ', '').length !== 7;
}

function isNie(found: string): boolean {
  const first = 'XYZ'.indexOf((found[0] as string).toUpperCase());
  return spanish[Number(`${first}${digitsOf(found).join('')}`) % 23] === found.at(-1)?.toUpperCase();
}

function isHetu(found: string): boolean {
  const sign = (found[6] as string).toUpperCase();
  const century = sign === '+' ? 1800 : '-UVWXY'.includes(sign) ? 1900 : 2000;
  if (!isDay(century + Number(found.slice(4, 6)), Number(found.slice(2, 4)), Number(found.slice(0, 2)))) return false;
  return finnish[Number(found.slice(0, 6) + found.slice(7, 10)) % 31] === found.at(-1)?.toUpperCase();
}

function isPesel(found: string): boolean {
  const digits = digitsOf(found);
  const month = Number(found.slice(2, 4));
  const century = [1900, 2000, 2100, 2200, 1800][Math.floor(month / 20)] as number;
  return (
    isDay(century + Number(found.slice(0, 2)), month % 20, Number(found.slice(4, 6))) &&
    weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0
  );
}

/** The day is 60 higher where the number stands in for one that is not known yet. */
function isPersonnummer(found: string): boolean {
  const digits = digitsOf(found);
  const short = digits.slice(-10).join('');
  const century = digits.length === 12 ? Number(found.slice(0, 2)) * 100 : 2000;
  const day = Number(short.slice(4, 6));
  return isDay(century + Number(short.slice(0, 2)), Number(short.slice(2, 4)), day > 60 ? day - 60 : day) && luhn(digits.slice(-10));
}

function isTurkish(found: string): boolean {
  const n = digitsOf(found);
  const tenth = (weighted(n, [7, 0, 7, 0, 7, 0, 7, 0, 7]) - weighted(n, [0, 1, 0, 1, 0, 1, 0, 1])) % 10;
  return (tenth + 10) % 10 === n[9] && n.slice(0, 10).reduce((sum, digit) => sum + digit, 0) % 10 === n[10];
}
